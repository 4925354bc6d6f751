import { describe, expect, it } from 'vitest';
import { fakeCli, stepbench } from '../fake-cli.ts';
import { MONDAY, TUESDAY, world } from './world.ts';

describe('stepbench query', () => {
  it('lists the questions with their parameters, also without a store', async () => {
    const cli = fakeCli();
    expect(await stepbench(cli, 'query')).toBe(0);
    expect(cli.stdout.text()).toMatch(
      /price-performance\n {2}Which deployment gives the most output tokens for a dollar\?/,
    );
    expect(cli.stdout.text()).toContain('--param request_latency_p95_ms=');
    const json = fakeCli();
    await stepbench(json, 'query', '--json');
    expect(JSON.parse(json.stdout.text()).questions.map(({ name }: { name: string }) => name)).toContain('run-cost');
  });

  it('asks about the last run, with its own targets', async () => {
    const { asked, openResults } = world();
    expect(await stepbench(fakeCli({ openResults }), 'query', 'low-latency')).toBe(0);
    expect(asked).toEqual([{ question: 'low-latency', parameters: ['tuesday', TUESDAY, 1e12, 500, 1e12] }]);
  });

  it('asks about another run, with other targets', async () => {
    const { asked, openResults } = world();
    const argv = ['--run', 'monday', '--param', 'itl_p95_ms=40', '--param', 'ttft_p95_ms=1e3'];
    await stepbench(fakeCli({ openResults }), 'query', 'low-latency', ...argv);
    expect(asked[0]?.parameters).toEqual(['monday', MONDAY, 1e12, 1000, 40]);
  });

  it('asks for what only its user knows, and takes the rest from the run', async () => {
    const { asked, openResults } = world();
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'query', 'fleet')).not.toBe(0);
    expect(cli.stderr.text()).toContain('--param load_output_tokens_per_s=VALUE');
    await stepbench(fakeCli({ openResults }), 'query', 'fleet', '--param', 'load_output_tokens_per_s=5000');
    await stepbench(fakeCli({ openResults }), 'query', 'baseline', '--param', 'baseline_run_id=monday');
    await stepbench(fakeCli({ openResults }), 'query', 'history', '--param', 'deployment_id=d-small');
    expect(asked.map(({ parameters }) => parameters)).toEqual([
      ['tuesday', TUESDAY, 1e12, 500, 1e12, 5000],
      ['tuesday', TUESDAY, 'monday', MONDAY],
      ['d-small', '0000-01-01', '9999-12-31'],
    ]);
  });

  it('looks for a run on the day that the store knows it to be of, and says when there is none', async () => {
    const { asked, openResults } = world();
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'query', 'baseline', '--param', 'baseline_run_id=sunday')).not.toBe(0);
    expect(cli.stderr.text()).toContain('--param baseline_run_id=sunday');
    const listed = fakeCli();
    await stepbench(listed, 'query');
    expect(listed.stdout.text()).not.toMatch(/--param (baseline_)?dt=/);
    await stepbench(
      fakeCli({ openResults }),
      ...['query', 'history', '--param', 'deployment_id=d-small', '--param', 'from_dt=2026-06-01'],
    );
    expect(asked.map(({ parameters }) => parameters)).toEqual([['d-small', '2026-06-01', '9999-12-31']]);
  });

  it.each([
    [['nonsense'], /question-unknown/],
    [['low-latancy'], /Did you mean low-latency\? Ask one of these/],
    [['run-cost', '--param', 'x=1'], /It has none besides --run/],
    [['run-cost', '--param', 'run_id=other'], /none besides --run/],
    [['low-latency', '--param', 'ttft_p95_ms'], /a value is missing/],
    [['low-latency', '--param', 'ttft_p95_ms=fast'], /not a number/],
    [['low-latency', '--param', 'ttft_p95_ms=Infinity'], /not a number/],
    [['fleet', '--param', 'load_output_tokens_per_s=0'], /not above 0/],
    [['low-latency', '--param', 'ttft_p95_ms=1', '--param', 'ttft_p95_ms=2'], /given twice/],
    [['run-cost', '--run', 'friday'], /run-unknown/],
    [['run-cost', '--run', 'B A D'], /run-id-bad/],
    [['run-cost', '--json', '--csv'], /exclude each other/],
  ])('refuses %j', async (argv, told) => {
    const { asked, openResults } = world();
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'query', ...argv)).toBe(2);
    expect(cli.stderr.text()).toMatch(told);
    expect(asked).toEqual([]);
  });

  it('says how to begin where there is nothing yet', async () => {
    expect(await stepbench(fakeCli(), 'query', 'run-cost')).toBe(2);
    const { openResults } = world({ runs: async () => [] });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'query', 'run-cost')).toBe(2);
    expect(cli.stderr.text()).toMatch(/no run yet\n.*stepbench run examples\/quickstart\.json/s);
  });
});
