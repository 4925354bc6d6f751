import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseKey } from '#core/results/layout.ts';
import { guard } from '#lambdas/guard/task.ts';
import { endMetrics } from '#lambdas/notify/end-metrics.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { readRows } from '#lambdas/store/rows.ts';
import { deploy, ends } from '../fakes/deployed.ts';
import { keysOf, watched } from '../fakes/stores.ts';
import { FIRST, RUN, SECOND, World } from '../fakes/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.planned();
});

const event = (detail: Record<string, unknown> = {}) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: FIRST, status: 'ABORTED', input: JSON.stringify({ matrix: {}, run: RUN }), ...detail },
});
const lease = async () => (await readLease(world.store, RUN))!.lease;

describe('what follows an execution that failed', () => {
  it('lets go of its nodes, and says that they are not gone until they are', async () => {
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    expect(await guard(world)(event())).toMatchObject({ run: RUN, released: false, finalized: true });
    expect(world.cluster.names('NodePool')).toEqual([]);
    ends(world, pool);
    expect(await guard(world)(event())).toMatchObject({ run: RUN, released: true, errors: [] });
    expect((await lease()).releasedAt).toBe(world.clock.iso);
  });

  it.each([
    [{ status: 'ABORTED' }, 'Interrupted'],
    [{ status: 'ABORTED', error: 'TooSlow', cause: 'I had enough' }, 'Interrupted'],
    [{ status: 'TIMED_OUT', error: null, cause: null }, 'Interrupted'],
    [{ status: 'FAILED', error: 'ClusterFailed', cause: 'no subnet' }, 'ClusterFailed'],
  ])('gives every cell that was not reached a row that says why: %j', async (detail, error) => {
    world.running.clear();
    await guard(world)(event(detail));
    const rows = await readRows(world.store, RUN);
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.error_name))).toEqual(new Set([error]));
    const tables = (await keysOf(world.store, 'results/')).map((key) => parseKey(key)?.kind);
    expect(tables).toEqual(['results', 'results']);
  });

  it.each([
    ['names no run', JSON.stringify({ matrix: {} })],
    ['is too large for the event', null],
    ['names another run', JSON.stringify({ run: 'other' })],
  ])('finds the run by its lease where the input %s', async (_why, input) => {
    world.running.clear();
    expect(await guard(world)(event({ input }))).toMatchObject({ run: RUN, released: true });
  });

  it('leaves a run alone that another execution has taken over', async () => {
    await world.resume();
    deploy(world, (await world.deployments())[0]!);
    expect(await guard(world)(event())).toMatchObject({ run: null });
    expect(world.cluster.names('NodePool')).toHaveLength(1);
    expect(await lease()).toMatchObject({ execution: SECOND, releasedAt: null });
  });

  it('lets go of the nodes of a run whose rows cannot be written', async () => {
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    ends(world, pool);
    const { store } = world;
    world.store = {
      ...store,
      put: async (key, ...rest) => {
        if (key.includes('/rows/')) throw new Error('the disk is full');
        return store.put(key, ...rest);
      },
    };
    const guarded = await guard(world)(event());
    expect(guarded).toMatchObject({ released: true, finalized: false });
    expect(guarded.errors.map(({ task }) => task)).toEqual(['FinalizeRun', 'FinalizeRun']);
    expect(world.cluster.names('NodePool')).toEqual([]);
  });

  it('asks for its nodes to go before it looks at rows, which may take for ever', async () => {
    world.running.clear();
    deploy(world, (await world.deployments())[0]!);
    world.store = watched(world.store, (operation, key) =>
      operation === 'put' && key.includes('/rows/') ? new Promise<void>(() => {}) : undefined,
    );
    void guard(world)(event());
    await vi.waitFor(() => expect(world.cluster.names('NodePool')).toEqual([]));
  });

  it('tells the dashboard of a run that was stopped, with what it cost, once it is gone and no second time', async () => {
    world.running.clear();
    const { pool } = deploy(world, (await world.deployments())[0]!);
    expect((await guard(world)(event())).metrics).toEqual({});
    ends(world, pool);
    const { metrics } = await guard(world)(event());
    expect(metrics).toMatchObject({ RunsEnded: 1, RunsFailed: 1, CellsMeasured: 0 });
    expect(metrics.Dollars).toBeGreaterThan(0);
    expect((await guard(world)(event())).metrics).toEqual({});
  });

  it('tells nothing of a run that its own machine has told of before it failed', async () => {
    world.running.clear();
    await endMetrics(world, { run: RUN, status: 'FAILED' });
    expect(await guard(world)(event({ status: 'FAILED' }))).toMatchObject({ released: true, metrics: {} });
  });

  it('lets go of a run whose sums cannot be made', async () => {
    world.running.clear();
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'put' && key.includes('/counted/')) throw new Error('throttled');
    });
    expect(await guard(world)(event())).toMatchObject({ released: true, finalized: true, metrics: {}, errors: [] });
  });

  it('takes no other event for one of these', async () => {
    await expect(guard(world)({ detail: { executionArn: FIRST, status: 'SUCCEEDED' } })).rejects.toThrow();
  });
});
