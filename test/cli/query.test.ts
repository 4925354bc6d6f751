import { describe, expect, it } from 'vitest';
import type { Cli } from '#cli/cli.ts';
import type { Results } from '#cli/results/results.ts';
import type { SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { sampleRun } from '../core/results/compare/runs.ts';
import { fakeCli, fakeResults, MATRIX, startedRun, stepbench } from './fake-cli.ts';
import { summary } from './run-summary.ts';

const [MONDAY, TUESDAY] = ['2026-02-02', '2026-02-03'];
const DAYS = new Map([
  ['monday', MONDAY],
  ['tuesday', TUESDAY],
]);

const ROWS = [
  { role: 'engine', instance_type: 'g5.8xlarge', node_s: 12.5, total_usd: 0.01 },
  { role: 'total', instance_type: null, node_s: 12.5, total_usd: 0.01 },
];

const RUNS: Record<string, CellRow[]> = {
  tuesday: sampleRun({ run: 'tuesday', repeats: 1 }),
  monday: sampleRun({
    run: 'monday',
    repeats: 1,
    change: () => ({ deployment_id: 'd-old', instance_type: 'g6.xlarge' }),
  }),
};

const world = (more: Partial<Results> = {}) => {
  const asked: { question: string; parameters: readonly SqlValue[] }[] = [];
  const openResults: Cli['openResults'] = async () =>
    fakeResults({
      runs: async () => [summary('tuesday'), summary('monday')],
      started: async (run) => {
        const day = DAYS.get(run);
        return day === undefined ? undefined : { ...startedRun(MATRIX), day, slo: { ttftP95Ms: 500 } };
      },
      measured: async (run) => {
        const rows = RUNS[run];
        return rows && { rows, asked: new Set<string>(), ended: true, status: 'SUCCEEDED' as const };
      },
      ask: async (question, parameters) => {
        asked.push({ question, parameters });
        return ROWS;
      },
      ...more,
    });
  return { asked, openResults };
};

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

  it.each([
    ['UNFINISHED', [], /Run tuesday is UNFINISHED.*stepbench run --resume tuesday/],
    ['UNFINISHED', ROWS, /^$/],
    ['FAILED', [], /^$/],
  ] as const)('says why nothing answers where the run is %s and there are %j', async (status, rows, told) => {
    const measured = async () => ({ rows: [], asked: new Set<string>(), ended: status !== 'UNFINISHED', status });
    const cli = fakeCli({ openResults: world({ ask: async () => rows, measured }).openResults, width: 300 });
    expect(await stepbench(cli, 'query', 'run-cost', '--csv')).toBe(0);
    expect(cli.stderr.text()).toMatch(told);
  });

  it('says with what it was asked, and where the prices were read', async () => {
    const row = { instance_type: 'g5.8xlarge', price_source: 'a price list', price_effective_at: '2026-07-20' };
    const { openResults } = world({ ask: async () => [row, row] });
    const cli = fakeCli({ openResults, width: 200 });
    await stepbench(cli, 'query', 'low-latency', '--param', 'request_latency_p95_ms=900');
    expect(cli.stdout.text()).toMatch(/\nAsked with request_latency_p95_ms=900, ttft_p95_ms=\S+, itl_p95_ms=none\.\n/);
    expect(cli.stdout.text()).toContain('\nPrices: a price list, 2026-07-20.\n');
    const none = fakeCli({ openResults: world({ ask: async () => [] }).openResults, width: 200 });
    await stepbench(none, 'query', 'low-latency');
    expect(none.stdout.text()).toContain('as a p95 may be, meets no target');
  });

  it.each([60, 120])('says that no GPU stood behind the figures in %i columns, and keeps the load', async (width) => {
    const row = { instance_type: 'g5.8xlarge', concurrency: 4, tensor_parallel: 1, place: 1, simulated: true };
    const told = async (simulated: boolean) => {
      const { openResults } = world({ ask: async () => [{ ...row, simulated }] });
      const cli = fakeCli({ openResults, width });
      await stepbench(cli, 'query', 'low-latency');
      return cli.stdout.text();
    };
    expect(await told(true)).toContain('SIMULATED: no GPU');
    expect(await told(false)).not.toContain('SIMULATED');
    const { openResults: open } = world({ ask: async () => [row, { ...row, tensor_parallel: 4, extrapolated: true }] });
    const extrapolated = fakeCli({ openResults: open, width });
    await stepbench(extrapolated, 'query', 'low-latency');
    expect(extrapolated.stdout.text().replaceAll(/\s+/g, ' ')).toMatch(
      /EXTRAPOLATED, with no [^:]*: g5\.8xlarge TP=4\./,
    );
    for (const question of ['price-performance', 'low-latency', 'pareto']) {
      const { openResults } = world({ ask: async () => [row] });
      const cli = fakeCli({ openResults, width: 100 });
      await stepbench(cli, 'query', question);
      expect(cli.stdout.text()).toContain('concurrency');
    }
  });

  it('keeps the columns that tell rows apart in 80 columns, and the answer', async () => {
    const row = (more: object) => ({
      ...{ place: 1, instance_type: 'g5.48xlarge', tensor_parallel: 8, concurrency: 1000, isl_tokens: 128 },
      ...{ usd_per_million_output_tokens: 1234.5, output_tokens_per_s: 98765.4, simulated: true, osl_tokens: 128 },
      ...more,
    });
    const heads = async (question: string, rows: object[]) => {
      const { openResults } = world({ ask: async () => rows as Awaited<ReturnType<Results['ask']>> });
      const cli = fakeCli({ openResults, width: 80 });
      await stepbench(cli, 'query', question);
      const lines = cli.stdout.text().split('\n');
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
      const head = lines.findIndex((line) => line.includes('g5.48xlarge')) - 1;
      return lines[head]?.trim().split(/\s+/);
    };
    const loads = [row({ concurrency: 1 }), row({ place: 2 })];
    expect(await heads('price-performance', loads)).toEqual(
      expect.arrayContaining(['place', 'instance_type', 'concurrency', 'usd_per_million_output_tokens']),
    );
    const all = await heads('price-performance', [...loads, row({ tensor_parallel: 4, isl_tokens: 9, osl_tokens: 5 })]);
    for (const name of ['inst', 'ten', 'con', 'isl', 'osl', 'usd']) {
      expect(
        all?.some((head) => head.startsWith(name)),
        `${name} in ${all}`,
      ).toBe(true);
    }
    for (const question of ['low-latency', 'pareto', 'lowest-latency', 'repeats', 'cells']) {
      const shown = await heads(question, loads);
      expect(
        shown?.some((head) => head.startsWith('concurr')),
        `${question}: ${shown}`,
      ).toBe(true);
    }
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

  describe('about the history of a deployment', () => {
    const first = sampleRun({ run: 'tuesday', repeats: 1 });
    const cell = first.find(({ deployment_id }) => deployment_id === 'd-large')!.cell_id;
    it.each([
      ['d-large', 'd-large'],
      ['d-l', 'd-large'],
      ['g5.12xlarge', 'd-large'],
      ['g5.12xlarge, TP 1', 'd-large'],
      ['g5.8xlarge TP=1', 'd-small'],
      [`${first[0]!.model} G5.8XLARGE`, 'd-small'],
      [cell, 'd-large'],
      // Of another run than the one that is asked.
      ['g6.xlarge', 'd-old'],
    ])('knows which one %s is', async (text, id) => {
      const { asked, openResults } = world();
      const cli = fakeCli({ openResults });
      expect(await stepbench(cli, 'query', 'history', '--param', `deployment_id=${text}`), cli.stderr.text()).toBe(0);
      expect(asked[0]?.parameters[0]).toBe(id);
    });

    it.each([
      ['TP=1', /more than one deployment.*d-small \(g5\.8xlarge TP=1\), d-large \(g5\.12xlarge TP=1\)/s],
      ['d-', /more than one deployment/],
      ['g5.8xlarge TP=8', /no run of the store has rows of such a deployment/],
      ['', /no run of the store/],
    ])('does not guess of %j', async (text, told) => {
      const { asked, openResults } = world();
      const cli = fakeCli({ openResults, width: 300 });
      expect(await stepbench(cli, 'query', 'history', '--param', `deployment_id=${text}`)).toBe(2);
      expect(cli.stderr.text()).toMatch(told);
      expect(asked).toEqual([]);
    });

    it('names those that there are, and takes the only one', async () => {
      const cli = fakeCli({ openResults: world().openResults, width: 300 });
      expect(await stepbench(cli, 'query', 'history')).toBe(2);
      expect(cli.stderr.text()).toContain('d-small (g5.8xlarge TP=1), d-large (g5.12xlarge TP=1)');
      const { asked, openResults } = world();
      expect(await stepbench(fakeCli({ openResults }), 'query', 'history', '--run', 'monday')).toBe(0);
      expect(asked[0]?.parameters[0]).toBe('d-old');
    });

    it('shows tokens, dollars and latency in 80 columns, and of each line whether it was measured', async () => {
      const row = {
        ...{ run_id: 'quickstart-20261001-120000', instance_type: 'g5.12xlarge', concurrency: 200 },
        ...{ output_tokens_per_s: 1234.5, usd_per_million_output_tokens: 0.4567, request_latency_p95_ms: 9876.5 },
        ...{ simulated: false, extrapolated: false, started_at: '2026-10-01T12:00:00.000Z', model: 'a/model' },
      };
      const told = async (rows: object[]) => {
        const ask = async () => rows as Awaited<ReturnType<Results['ask']>>;
        const cli = fakeCli({ openResults: world({ ask }).openResults, width: 80 });
        await stepbench(cli, 'query', 'history', '--param', 'deployment_id=d-large');
        for (const line of cli.stdout.text().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
        return cli.stdout.text();
      };
      const run = 'quickstart-20261002-120000';
      const mixed = await told([
        row,
        { ...row, run_id: run, simulated: true },
        { ...row, run_id: run, simulated: true, extrapolated: true },
      ]);
      expect(mixed).toMatch(/tokens\/s +p95 ms +\$\/M tokens/);
      expect(mixed).toMatch(/^measured .*200 .*1,235 +9,877 +0\.4567/m);
      expect(mixed).toMatch(/^SIMULATED .*1,235/m);
      expect(mixed).toMatch(/^EXTRAPOLATED .*1,235/m);
      expect(mixed).toContain('Lines marked so are SIMULATED');
      expect(mixed).not.toContain('(run ');
      const alike = await told([
        { ...row, simulated: true },
        { ...row, run_id: run, simulated: true },
      ]);
      expect(alike).not.toMatch(/^figures/m);
      expect(alike).toContain('\nSIMULATED: no GPU');
    });

    it('is what a ranking leads to', async () => {
      const row = { place: 1, instance_type: 'g5.8xlarge', concurrency: 4, deployment_id: 'd-small' };
      const cli = fakeCli({ openResults: world({ ask: async () => [row] }).openResults, width: 80 });
      await stepbench(cli, 'query', 'price-performance');
      const asked = /stepbench (query history .*)/.exec(cli.stdout.text())?.[1]?.split(' ') ?? [];
      expect(await stepbench(fakeCli({ openResults: world().openResults }), ...asked)).toBe(0);
    });
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

  it('answers as a table, as JSON and as CSV', async () => {
    const { openResults } = world();
    const text = fakeCli({ openResults });
    await stepbench(text, 'query', 'run-cost');
    expect(text.stdout.text()).toMatch(/role\s+instance_type/);
    expect(text.stdout.text()).toMatch(/engine\s+g5\.8xlarge/);
    const json = fakeCli({ openResults });
    await stepbench(json, 'query', 'run-cost', '--json');
    expect(JSON.parse(json.stdout.text())).toMatchObject({
      run: 'tuesday',
      parameters: { run_id: 'tuesday', dt: TUESDAY },
      rows: ROWS,
    });
    const csv = fakeCli({ openResults });
    await stepbench(csv, 'query', 'run-cost', '--csv');
    expect(csv.stdout.text().split('\r\n')[0]).toMatch(/^role,instance_type,/);
    expect(csv.stdout.text().split('\r\n')[1]).toMatch(/^engine,g5\.8xlarge,/);
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
