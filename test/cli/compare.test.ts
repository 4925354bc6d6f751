import { describe, expect, it } from 'vitest';
import type { Cli } from '#cli/cli.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { sampleRun } from '../core/results/compare/runs.ts';
import { fakeCli, fakeResults, stepbench } from './fake-cli.ts';

const scatter = (row: CellRow) => 1 + (row.repeat - 2) / 100;

const monday = sampleRun({ run: 'monday', repeats: 3, factor: scatter });
const fewer = sampleRun({ run: 'fewer', repeats: 3, concurrencies: [10] });

const RUNS: Record<string, { rows: CellRow[]; asked?: string[]; ended: boolean }> = {
  monday: { rows: monday, ended: true },
  fewer: { rows: fewer, ended: true },
  lost: { rows: fewer, asked: monday.map(({ cell_id }) => cell_id), ended: true },
  alike: { rows: sampleRun({ run: 'alike', repeats: 3, factor: scatter }), ended: true },
  slower: { rows: sampleRun({ run: 'slower', repeats: 3, factor: (row) => 0.8 * scatter(row) }), ended: true },
  once: { rows: sampleRun({ run: 'once', repeats: 1, factor: () => 0.97 }), ended: true },
  underway: { rows: [], ended: false },
  simulated: { rows: sampleRun({ run: 'simulated', repeats: 2, change: () => ({ simulated: true }) }), ended: true },
  'simulated-too': { rows: sampleRun({ run: 's', repeats: 2, change: () => ({ simulated: true }) }), ended: true },
  extrapolated: {
    rows: sampleRun({
      run: 'e',
      repeats: 2,
      change: (row) => ({
        simulated: true,
        simulator_profile: row.deployment_id === 'd-large' ? 'extrapolated' : 'seed',
      }),
    }),
    ended: true,
  },
  evil: {
    rows: sampleRun({
      run: 'evil',
      repeats: 3,
      factor: (row) => 0.8 * scatter(row),
      change: () => ({ instance_type: 'g5\u001b[2J\n.8xlarge' }),
    }),
    ended: true,
  },
};

const openResults: Cli['openResults'] = async () =>
  fakeResults({
    measured: async (run) => {
      const found = RUNS[run];
      return (
        found && {
          ...found,
          status: found.ended ? 'SUCCEEDED' : 'UNFINISHED',
          asked: new Set(found.asked ?? found.rows.map(({ cell_id }) => cell_id)),
        }
      );
    },
  });

const compare = (...argv: string[]) => compareIn(120, ...argv);
const compareIn = async (width: number, ...argv: string[]) => {
  const cli = fakeCli({ openResults, width });
  const code = await stepbench(cli, 'compare', ...argv);
  return { code, out: cli.stdout.text(), err: cli.stderr.text() };
};

describe('stepbench compare', () => {
  it('says what was cheaper before and is not compared, and what the run lost', async () => {
    const { code, out } = await compare('fewer', '--baseline', 'monday');
    expect(code).toBe(0);
    expect(out).toContain(
      'Cheaper still in monday was g5.12xlarge TP=1 concurrency=50 at $0.27/M tokens, which is not compared.',
    );
    const { best } = JSON.parse((await compare('fewer', '--baseline', 'monday', '--json')).out);
    expect(best[0].cheaper_in_baseline).toMatchObject({ concurrency: 50, price_source: 'a list in a test' });
    expect(await compare('lost', '--baseline', 'monday')).toMatchObject({
      code: 3,
      out: expect.stringContaining('g5.8xlarge TP=1 concurrency=50: the run was to measure it, and has no row of it'),
    });
  });

  it('ends with 0 when the run is shown to be none the worse', async () => {
    const { code, out } = await compare('alike', '--baseline', 'monday');
    expect(code).toBe(0);
    expect(out).toMatch(/^NO REGRESSION: alike against monday\n/);
    expect(out).toMatch(/best \$\/M tokens\s+g5\.12xlarge TP=1 \$\S+, was g5\.12xlarge TP=1 \$/);
    expect(out).toContain('12 figures of cells: 12 no-regression');
  });

  it('ends with 1 for a regression, and says where and by how much', async () => {
    const { code, out } = await compare('slower', '--baseline', 'monday');
    expect(code).toBe(1);
    expect(out).toMatch(/^REGRESSION: slower against monday\n/);
    expect(out).toMatch(/tokens\/s\s+g5\.8xlarge TP=1\s+-20\.0 %\s+-\d+\.\d % \.\. -\d+\.\d %\s+regression/);
    expect(out).toMatch(/g5\.8xlarge TP=1\s+concurrency=10\s+p95 latency\s+1,000\s+1,250\s+\+25\.0 %/);
  });

  it('ends with 3 when neither can be shown, and says what to do', async () => {
    const { code, out } = await compare('once', '--baseline', 'monday', '--threshold', '2');
    expect(code).toBe(3);
    expect(out).toMatch(/^INCONCLUSIVE: once against monday\n/);
    expect(out).toMatch(/measure\s+each\s+cell\s+more\s+often/);
    expect(out).toContain('* one repeat only: its noise is assumed');
  });

  it('lists the cells of which nobody knows, and says at each of them what its noise is', async () => {
    for (const width of [60, 80, 120]) {
      const { out } = await compareIn(width, 'once', '--baseline', 'monday', '--threshold', '2');
      const json = JSON.parse((await compare('once', '--baseline', 'monday', '--threshold', '2', '--json')).out);
      const open = json.cells.filter(({ judgement }: { judgement: string }) => judgement === 'inconclusive');
      expect(open.length).toBeGreaterThan(0);
      const [, below = ''] = out.split(/\n(?=deployment)/);
      const listed = below.split('\n').filter((line) => /\binconcl/.test(line) && !line.includes('figures of'));
      expect(listed, out).toHaveLength(open.length);
      for (const line of listed) expect(line).toMatch(/\* [+-]\d+\.\d %/);
    }
    const { out } = await compare('alike', '--baseline', 'monday');
    expect(out).not.toMatch(/^\*|\* /m);
  });

  it('gives everything as JSON', async () => {
    const { code, out } = await compare('slower', '--baseline', 'monday', '--threshold', '15', '--json');
    expect(code).toBe(1);
    const json = JSON.parse(out);
    expect(json).toMatchObject({ command: 'compare', verdict: 'regression', threshold_percent: 15, not_compared: [] });
    expect(json.cells).toHaveLength(12);
    expect(json.deployments[0]).toMatchObject({ deployment_id: 'd-small', loads: 2, judgement: 'regression' });
    expect(json.best[0]).toMatchObject({ metric: 'usd_per_million_output_tokens', price_change_percent: 0 });
    expect(json.best[0].change_percent).toBeCloseTo(25, 6);
  });

  it('carries the price behind its dollars, with source and date', async () => {
    const { out } = await compare('alike', '--baseline', 'monday');
    expect(out).toContain('g5.12xlarge TP=1 in alike: $5.86/h with fee (a list in a test, 2026-07-01)');
    const { best } = JSON.parse((await compare('alike', '--baseline', 'monday', '--json')).out);
    expect(best[0].baseline).toMatchObject({
      price_usd_per_hour: 5.672,
      fee_usd_per_hour: 0.19,
      price_source: 'a list in a test',
    });
  });

  it('marks what was simulated', async () => {
    expect((await compare('alike', '--baseline', 'monday')).out).not.toContain('SIMULATED');
    const { out } = await compare('simulated', '--baseline', 'simulated-too');
    expect(out).toContain('SIMULATED: no GPU');
    expect(JSON.parse((await compare('simulated', '--baseline', 'simulated-too', '--json')).out).simulated).toBe(true);
  });

  it('names what was extrapolated, in the run or in its baseline', async () => {
    expect((await compare('simulated', '--baseline', 'simulated-too')).out).not.toContain('EXTRAPOLATED');
    for (const runs of [
      ['simulated', '--baseline', 'extrapolated'],
      ['extrapolated', '--baseline', 'simulated'],
    ]) {
      const { out } = await compare(...runs);
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(
        /SIMULATED: no GPU.*EXTRAPOLATED, with no [^:]*: g5\.12xlarge TP=1\./,
      );
      const json = JSON.parse((await compare(...runs, '--json')).out);
      expect(json).toMatchObject({ simulated: true, extrapolated: true, extrapolated_deployments: ['d-large'] });
    }
  });

  it('lets no name reach the terminal as a command', async () => {
    const { out } = await compare('evil', '--baseline', 'monday');
    expect(out).not.toContain('\u001b[2J');
  });

  it.each([
    [['alike'], /required option '--baseline/],
    [['alike', '--baseline', 'alike'], /cannot be compared with itself/],
    [['alike', '--baseline', 'friday'], /run-unknown/],
    [['friday', '--baseline', 'alike'], /run-unknown/],
    [['alike', '--baseline', 'B A D'], /run-id-bad/],
    [['alike', '--baseline', 'underway'], /has not ended/],
    [['alike', '--baseline', 'monday', '--threshold', 'much'], /no number of per cent/],
    [['alike', '--baseline', 'monday', '--threshold', '0'], /no number of per cent/],
    [['alike', '--baseline', 'monday', '--threshold', ''], /no number of per cent/],
  ])('ends with 2 for %j', async (argv, told) => {
    const { code, out, err } = await compare(...argv);
    expect(code).toBe(2);
    expect(err).toMatch(told);
    expect(out).toBe('');
  });

  it('documents its exit codes', async () => {
    const { out } = await compare('--help');
    expect(out).toMatch(/0 shown to be none the worse, 1 worse in something, 2 bad input/);
  });
});
