import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalResults } from '#cli/results/local-results.ts';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import type { StartLocalRun } from '#local/runtime/contract.ts';
import { rehearse } from '#local/runtime/rehearse.ts';
import { startLocalRun } from '#local/runtime/start.ts';
import { type FakeCli, fakeCli, MATRIX, stepbench } from './fake-cli.ts';

/** The commands over the real machine, store and database; only nodes and time are simulated. */
const world = () =>
  fakeCli({
    startLocalRun: (options) => startLocalRun({ ...options, kubelet: 'virtual' }),
    openResults: openLocalResults,
    nowMs: () => Date.now(),
    // As on the virtual kubelet, which stands for AWS.
    chooseGenerator: () => ({ name: AUTO_IN_AWS, says: '' }),
    rehearse,
  });

let folder: string;
let matrixFile: string;
let store: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = join(folder, 'matrix.json');
  store = join(folder, 'store');
  await writeFile(matrixFile, JSON.stringify(MATRIX));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a whole run at the command line', () => {
  it('measures, answers, and can be asked again and resumed', async () => {
    const run = world();
    const code = await stepbench(run, 'run', matrixFile, '--store', store, '--run', 'monday', '--json');
    expect(code, run.stderr.text()).toBe(0);
    const end = JSON.parse(run.stdout.text());
    expect(end).toMatchObject({ status: 'SUCCEEDED', cells: { total: 4, valid: 4 }, nodes_left: 0, warnings: [] });
    expect(end.answers['price-performance']).toHaveLength(2);

    const runs = world();
    expect(await stepbench(runs, 'runs', '--store', store, '--json')).toBe(0);
    expect(JSON.parse(runs.stdout.text()).runs).toMatchObject([
      { run: 'monday', status: 'SUCCEEDED', simulated: true },
    ]);

    const query = world();
    expect(await stepbench(query, 'query', 'run-cost', '--store', store, '--json')).toBe(0);
    const { rows } = JSON.parse(query.stdout.text()) as { rows: { role: string; total_usd: number }[] };
    const engines = rows.filter(({ role }) => role === 'engine').reduce((sum, { total_usd }) => sum + total_usd, 0);
    // What was shown while it ran is what was recorded, but for the moments between a change and its poll.
    expect(end.held_usd / engines).toBeGreaterThan(0.9);
    expect(end.held_usd / engines).toBeLessThan(1.1);

    const resumed = world();
    expect(await stepbench(resumed, 'run', '--resume', 'monday', '--store', store)).toBe(0);
    expect(resumed.stderr.text()).toContain('nothing is left to measure');
    const taken = world();
    expect(await stepbench(taken, 'run', matrixFile, '--run', 'monday', '--store', store)).toBe(2);
  });

  /** The command's status and that of the list of runs, of a run to which things happen on entering states. */
  async function statuses(run: string, happenings: Record<string, (cli: FakeCli, place: string) => void>) {
    const cli: FakeCli = world();
    const place = join(folder, run);
    const toCome = new Map(Object.entries(happenings));
    const startLocalRun: StartLocalRun = (options) =>
      cli.startLocalRun({
        ...options,
        onEvent: (event) => {
          options.onEvent?.(event);
          const state = event.event.stateEnteredEventDetails?.name ?? '';
          const happen = toCome.get(state);
          toCome.delete(state);
          happen?.(cli, place);
        },
      });
    const args = ['run', matrixFile, '--store', place, '--run', run, '--json'];
    const code = await stepbench({ ...cli, startLocalRun }, ...args);
    expect([...toCome.keys()]).toEqual([]);
    const runs = world();
    await stepbench(runs, 'runs', '--store', place, '--json');
    const [listed] = JSON.parse(runs.stdout.text()).runs;
    const { status, error, cells } = JSON.parse(cli.stdout.text());
    return { code, told: status, listed: listed.status, error, valid: cells.valid };
  }

  it.each([
    ['CheckModel', 'ABORTED', 0],
    ['FinalizeRun', 'SUCCEEDED', 4],
    ['QueryPricePerformance', 'SUCCEEDED', 4],
    ['Notify', 'SUCCEEDED', 4],
  ])('interrupted in %s is called %s, as in the list of runs', async (state, status, valid) => {
    const end = await statuses(`stopped-${state.toLowerCase()}`, { [state]: (cli) => cli.press() });
    expect(end).toEqual({ code: 130, told: status, listed: status, error: null, valid });
  });

  it('whose execution fails when every cell is valid is called as in the list of runs, with its error', async () => {
    const end = await statuses('obstructed', {
      // Rows are there, one by one, and no place for the tables that are made of them until the machine has given up.
      FinalizeRun: (_, place) => writeFileSync(join(place, 'results'), ''),
      Outcome: (_, place) => rmSync(join(place, 'results')),
    });
    expect(end).toMatchObject({ code: 1, told: 'SUCCEEDED', listed: 'SUCCEEDED', valid: 4 });
    expect(end.error.message).toContain('results');
  });

  it('is planned with the time that AWS takes', async () => {
    const plan = world();
    const code = await stepbench(plan, 'plan', matrixFile, '--json');
    expect(code, plan.stderr.text()).toBe(0);
    const forecast = JSON.parse(plan.stdout.text());
    // A new cluster, and then the nodes side by side.
    expect(forecast.duration_s).toBeGreaterThan(15 * 60 + 90 + 240 + 120);
    const seconds = (of: string) => forecast.phases.find(({ phase }: { phase: string }) => phase === of).node_s;
    for (const [phase, least] of [
      ['launch', 90],
      ['pull', 240],
      ['load', 120],
    ] as const)
      expect(seconds(phase), phase).toBeGreaterThanOrEqual(2 * least);
    expect(forecast.within_budget).toBe(true);
  });

  it('leaves a folder alone that is no store', async () => {
    const cli = world();
    expect(await stepbench(cli, 'runs', '--store', folder)).toBe(2);
    expect(cli.stderr.text()).toContain('(store-other-version)');
    const none = world();
    expect(await stepbench(none, 'runs', '--store', join(folder, 'none'))).toBe(2);
    expect(none.stderr.text()).toContain('(store-unknown)');
  });
});
