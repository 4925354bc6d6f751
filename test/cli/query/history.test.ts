import { describe, expect, it } from 'vitest';
import type { Results } from '#cli/results/results.ts';
import { sampleRun } from '../../core/results/compare/runs.ts';
import { fakeCli, stepbench } from '../fake-cli.ts';
import { world } from './world.ts';

describe('stepbench query about the history of a deployment', () => {
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
