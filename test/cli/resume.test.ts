import { describe, expect, it } from 'vitest';
import { planOf } from '#cli/planning.ts';
import type { LocalRunOptions } from '#local/runtime/contract.ts';
import { fakeCli, fakeResults, MATRIX, startedRun, stepbench } from './fake-cli.ts';
import { fakeRun } from './fake-run.ts';
import { matrixFiles } from './matrix-files.ts';

const { matrixFile } = matrixFiles();

describe('stepbench run --resume', () => {
  it('goes on with the matrix of the run, without the cells that were measured', async () => {
    const seen: LocalRunOptions[] = [];
    const openResults = async () => fakeResults({ started: async () => startedRun(MATRIX) });
    const cli = fakeCli({ startLocalRun: fakeRun({}, seen), openResults });
    expect(await stepbench(cli, 'run', '--resume', 'monday')).toBe(0);
    expect(seen[0]).toMatchObject({ matrix: MATRIX, run: 'monday' });
  });

  it('prices only what is left', async () => {
    const { deployments } = planOf(MATRIX, 'test', { run: 'r', nowMs: 0 });
    const cells = deployments.flatMap((deployment) => deployment.cells.map(({ id }) => id));
    const resumed = async (measured: string[]) => {
      const cli = fakeCli({
        startLocalRun: fakeRun(),
        openResults: async () => fakeResults({ started: async () => startedRun(MATRIX, measured) }),
      });
      expect(await stepbench(cli, 'run', '--resume', 'monday')).toBe(0);
      return cli.stderr.text();
    };
    expect(await resumed(cells.slice(1))).toMatch(/1 cell on 1 deployment.*3 of 4 are there from before/);
    expect(await resumed(cells.slice(1))).toContain('What was left of the run would cost');
    expect(await resumed(cells)).toContain('all 4 cells are there from before, nothing is left to measure');
    expect(await resumed(cells)).not.toContain('would cost');
  });

  it('has what earlier executions left of the budget', async () => {
    const openResults = async () =>
      fakeResults({
        started: async () => ({ ...startedRun(MATRIX), spent: { nodesUsd: 15, sharedUsd: 3, reservedUsd: 1.99 } }),
      });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'run', '--resume', 'monday')).toBe(2);
    const told = cli.stderr.text().replace(/\s+/g, ' ');
    expect(told).toContain('(over-budget)');
    expect(told).toContain(
      'taken $19.99 of the budget (nodes $15.00, shared costs $3.00, reserved for nodes not known to be gone $1.99)',
    );
  });

  it('tells what of the budget is gone, before it starts and when it has ended', async () => {
    const spent = { nodesUsd: 1.5, sharedUsd: 0.75, reservedUsd: 0.25 };
    const openResults = async () => fakeResults({ started: async () => ({ ...startedRun(MATRIX), spent }) });
    const cli = fakeCli({ startLocalRun: fakeRun(), openResults });
    expect(await stepbench(cli, 'run', '--resume', 'monday', '--json')).toBe(0);
    const told = cli.stderr.text().replace(/\s+/g, ' ');
    expect(told).toContain(
      'budget $17.50, left of $20.00 by the executions before, which took $2.50 (nodes $1.50, shared costs $0.75, reserved',
    );
    expect(told).toContain('Counted against the budget of $20.00 so far, as in AWS: $2.50 (nodes $1.50');
    expect(JSON.parse(cli.stdout.text()).budget).toEqual({
      ...{ whole_usd: 20, spent_usd: 2.5, nodes_usd: 1.5, shared_usd: 0.75, reserved_usd: 0.25 },
    });
  });

  it('starts nothing where "auto" is another load generator than it was', async () => {
    const openResults = async () => fakeResults({ started: async () => startedRun(MATRIX) });
    const cli = fakeCli({
      openResults,
      chooseGenerator: (asked) => ({ name: asked === 'auto' ? 'genai-perf' : asked, says: '' }),
    });
    expect(await stepbench(cli, 'run', '--resume', 'monday', '--json')).toBe(2);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error.problems).toMatchObject([
      { code: 'not-resumable', path: 'load.generator', instead: expect.stringContaining('"aiperf"') },
    ]);
  });

  it.each([
    ['on another cluster', { cluster: { name: 'other' } }, 'cluster.name'],
    ['in another region', { region: 'eu-west-1' }, 'region'],
    ['with other loads', { load: { requestsPerConcurrency: 1 } }, 'load.requestsPerConcurrency'],
    ['with other cells', { matrix: { ...MATRIX.matrix, concurrency: [2, 8] } }, 'run'],
  ])('starts nothing %s', async (_, changes, path) => {
    const openResults = async () => fakeResults({ started: async () => startedRun({ ...MATRIX, ...changes }) });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'run', matrixFile, '--resume', 'monday', '--json')).toBe(2);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error).toMatchObject({ code: 'matrix-invalid', problems: [{ path, code: 'not-resumable' }] });
    expect(cli.stderr.text()).not.toContain('of 4 cells valid');
  });

  it('is what --run says when the name is taken', async () => {
    const openResults = async () => fakeResults({ started: async () => startedRun(MATRIX) });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'run', matrixFile, '--run', 'monday')).toBe(2);
    expect(cli.stderr.text()).toContain('stepbench run --resume monday');
  });
});
