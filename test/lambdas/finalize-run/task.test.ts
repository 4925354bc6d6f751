import { parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { finalizeRun } from '#lambdas/finalize-run/task.ts';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { readRows, recordRow } from '#lambdas/store/rows.ts';
import { record } from '../fakes/records.ts';
import { failed, measured } from '../fakes/rows.ts';
import { breaksOnce, keysOf, watched } from '../fakes/stores.ts';
import { DAY, FIRST, NO_FAILURE, RUN, SECOND, World } from '../fakes/world.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const finalize = (failure = NO_FAILURE, execution = FIRST) => finalizeRun(world)({ run: RUN, execution, failure });
const fileOf = ({ id }: PlannedDeployment) => `results/cells/dt=${DAY}/${RUN}.${id}.parquet`;
async function parquet(store: ObjectStore = world.store) {
  const rows: Record<string, unknown>[] = [];
  for (const key of await keysOf(store, 'results/cells/')) {
    rows.push(...(await parquetReadObjects({ file: (await store.get(key))!.body.slice().buffer as ArrayBuffer })));
  }
  return rows;
}
const measureAll = async () => {
  for (const one of deployments) for (const cell of [0, 1]) await recordRow(world.store, measured(one, { cell }));
};
/** The keys of what one call reads and writes. */
async function traffic(call: () => Promise<unknown>) {
  const plain = world.store;
  const seen = { get: [] as string[], put: [] as string[], list: [] as string[] };
  world.store = watched(plain, (operation, key) => void seen[operation].push(key));
  await call();
  world.store = plain;
  return seen;
}

describe('the end of a run', () => {
  it('has succeeded when every cell is valid, and its rows are in Parquet, a file a deployment', async () => {
    await measureAll();
    expect(await finalize()).toEqual({
      status: 'done',
      runStatus: 'SUCCEEDED',
      cells: { total: 4, valid: 4, invalid: 0, failed: 0 },
    });
    expect(await keysOf(world.store, 'results/')).toEqual(deployments.map(fileOf).toSorted());
    expect((await parquet()).map((row) => row.cell_id).toSorted()).toEqual(
      deployments.flatMap(({ cells }) => cells.map(({ id }) => id)).toSorted(),
    );
  });

  it('is partial with one cell that is not valid, and failed without one that is', async () => {
    await recordRow(world.store, measured(deployments[0]!, { cell: 0, valid: false }));
    expect(await finalize()).toMatchObject({ runStatus: 'FAILED', cells: { total: 4, invalid: 1, failed: 3 } });
    await recordRow(world.store, measured(deployments[0]!, { cell: 1 }));
    expect(await finalize()).toMatchObject({ runStatus: 'PARTIAL', cells: { valid: 1, invalid: 1, failed: 2 } });
  });

  it('has a row for every cell that was not reached, with the reason of the run’s failure', async () => {
    await recordRow(world.store, failed(deployments[0]!, { cell: 0, error: 'NoCapacity' }));
    await finalize({ error: 'ClusterFailed', cause: '{"errorMessage":"no subnets"}' });
    const rows = await readRows(world.store, RUN);
    expect(rows).toHaveLength(4);
    expect(rows.map((row) => row.error_name).toSorted()).toEqual([...Array(3).fill('ClusterFailed'), 'NoCapacity']);
    expect(rows.filter((row) => row.error_reason === 'no subnets')).toHaveLength(3);
  });

  it('keeps the reason of an earlier execution where this one did not come so far', async () => {
    await recordRow(world.store, failed(deployments[0]!, { cell: 0, error: 'NoCapacity' }));
    await world.resume();
    await finalize(NO_FAILURE, SECOND);
    const rows = await readRows(world.store, RUN);
    expect(rows.map((row) => `${row.error_name} ${row.attempt}`).toSorted()).toEqual([
      'NoCapacity 1',
      ...Array(3).fill('NotReached 2'),
    ]);
  });

  it('names cells that were not reached for no known reason by that', async () => {
    await finalize();
    for (const row of await readRows(world.store, RUN)) expect(row.error_name).toBe('NotReached');
  });

  it('of a run that was never planned is a failure without cells', async () => {
    world = new World();
    expect(await finalize()).toMatchObject({ status: 'done', runStatus: 'FAILED', cells: { total: 0 } });
    expect(await keysOf(world.store)).toEqual([]);
  });

  it('publishes what the nodes did', async () => {
    await writeRecord(world.store, record(), undefined);
    await finalize();
    expect(await keysOf(world.store, 'results/deployments/')).toEqual([
      `results/deployments/dt=${DAY}/${RUN}.d0.parquet`,
    ]);
  });
});

describe('asked again', () => {
  it('it reads no row that has not changed, and writes no file of cells', async () => {
    await measureAll();
    const first = await traffic(finalize);
    expect(first.get.filter((key) => key.includes('/rows/'))).toHaveLength(4);
    const second = await traffic(finalize);
    expect(second.get.filter((key) => key.includes('/rows/') || key.includes('/plan/'))).toEqual([]);
    expect(second.put).toEqual([]);
    expect((await finalize()).cells.valid).toBe(4);
  });

  it('it picks up a row that came late, and reads only that deployment again', async () => {
    await measureAll();
    const late = measured(deployments[0]!, { cell: 0 });
    await world.store.delete(`runs/${RUN}/rows/${late.cell_id}.json`);
    expect((await finalize()).runStatus).toBe('PARTIAL');
    await recordRow(world.store, late);
    const again = await traffic(finalize);
    expect(again.put).toContain(fileOf(deployments[0]!));
    expect(again.put).not.toContain(fileOf(deployments[1]!));
    expect((await finalize()).runStatus).toBe('SUCCEEDED');
    expect((await parquet()).filter((row) => row.valid)).toHaveLength(4);
  });

  it('it makes a file again that somebody deleted', async () => {
    await measureAll();
    await finalize();
    await world.store.delete(fileOf(deployments[1]!));
    await finalize();
    expect(await parquet()).toHaveLength(4);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('it makes up for a store that broke at put %i', async (nth) => {
    await recordRow(world.store, measured(deployments[0]!, { cell: 0 }));
    const plain = world.store;
    world.store = breaksOnce(plain, nth);
    await finalize().catch(() => {});
    expect(await finalize()).toMatchObject({ status: 'done', runStatus: 'PARTIAL', cells: { valid: 1, failed: 3 } });
    const rows = await parquet(plain);
    expect(new Set(rows.map((row) => row.cell_id)).size).toBe(4);
    expect(rows).toHaveLength(4);
  });

  it('twice at once, it leaves the same files', async () => {
    await recordRow(world.store, measured(deployments[0]!, { cell: 0 }));
    const [one, two] = await Promise.all([finalize(), finalize()]);
    expect(one.runStatus).toBe('PARTIAL');
    expect(two.runStatus).toBe('PARTIAL');
    expect(await parquet()).toHaveLength(4);
    expect((await finalize()).cells).toEqual({ total: 4, valid: 1, invalid: 0, failed: 3 });
  });
});

describe('two calls at once, with a row that changes between them', () => {
  /** A store for a call that is held at its n-th operation of a kind until it is let go. */
  function held(operation: 'put' | 'get', part: string) {
    let arrived = () => {};
    let letGo = () => {};
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const free = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let once = false;
    const store = watched(world.store, async (seen, key) => {
      if (once || seen !== operation || !key.includes(part)) return;
      once = true;
      arrived();
      await free;
    });
    return { store, there, letGo };
  }
  const call = (store: ObjectStore) =>
    finalizeRun({ ...world, store, clock: world.clock })({ run: RUN, execution: FIRST, failure: NO_FAILURE });
  const validInParquet = async () => (await parquet()).filter((row) => row.valid).length;

  beforeEach(async () => {
    for (const one of deployments) {
      await recordRow(world.store, measured(one, { cell: 0 }));
      await recordRow(world.store, measured(one, { cell: 1, valid: false }));
    }
  });
  const improve = () => recordRow(world.store, measured(deployments[0]!, { cell: 1, attempt: 2 }));

  it('the one that read the old row does not put its file over the newer one', async () => {
    const late = held('put', fileOf(deployments[0]!));
    const lateCall = call(late.store);
    await late.there;
    await improve();
    const early = held('put', `finalized/${deployments[0]!.id}`);
    const earlyCall = call(early.store);
    // The newer file is there, and not yet written down as such.
    await early.there;
    late.letGo();
    await lateCall;
    early.letGo();
    await earlyCall;
    await finalize();
    expect(await validInParquet()).toBe(3);
  });

  it('what is written down is of the rows that were read', async () => {
    const slow = held('get', `/rows/${deployments[0]!.cells[1]!.id}`);
    const call1 = call(slow.store);
    await slow.there;
    await improve();
    slow.letGo();
    await call1;
    expect(await validInParquet()).toBe(3);
    expect((await traffic(finalize)).put).toEqual([]);
  });

  it('the records of nodes do not go back either', async () => {
    await writeRecord(world.store, record(), undefined);
    const file = `results/deployments/dt=${DAY}/${RUN}.d0.parquet`;
    const late = held('put', file);
    const lateCall = call(late.store);
    await late.there;
    await writeRecord(world.store, record({ attempt: 2 }), undefined);
    await finalize();
    late.letGo();
    await lateCall;
    const body = (await world.store.get(file))!.body;
    expect(await parquetReadObjects({ file: body.slice().buffer as ArrayBuffer })).toHaveLength(2);
  });
});

describe('when time is up', () => {
  /** Every put of such a key takes so long. */
  const slow = (part: string, seconds: number) => {
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'put' && key.includes(part)) world.clock.forward(seconds);
    });
  };

  it('it is pending after one deployment, and the next call goes on with the others', async () => {
    await measureAll();
    slow('results/cells', 201);
    const first = await finalize();
    expect(first).toMatchObject({ status: 'pending', cells: { total: 2, valid: 2 } });
    expect(await parquet()).toHaveLength(2);
    expect(await finalize()).toMatchObject({ status: 'done', runStatus: 'SUCCEEDED', cells: { total: 4 } });
  });

  it('it is not pending in the last second of it', async () => {
    await measureAll();
    slow('results/cells', 200);
    expect(await finalize()).toMatchObject({ status: 'done', cells: { total: 4 } });
  });

  it('it is pending with cells that have no row yet, and each call adds some', async () => {
    slow('/rows/', 201);
    let calls = 0;
    let rows = 0;
    while ((await finalize()).status === 'pending') {
      expect((await readRows(world.store, RUN)).length).toBeGreaterThan(rows);
      rows = (await readRows(world.store, RUN)).length;
      calls += 1;
      expect(calls).toBeLessThan(10);
    }
    expect(await parquet()).toHaveLength(4);
  });
});

describe('a guard that comes late', () => {
  it('has published the rows there are; those that are missing are still to come', async () => {
    for (const one of deployments) await recordRow(world.store, measured(one, { cell: 0 }));
    await world.resume();
    expect((await finalize()).status).toBe('done');
    const plain = world.store;
    world.store = watched(plain, (operation, key) => {
      if (operation === 'get' && key.includes('/plan/')) world.clock.forward(201);
    });
    expect((await finalize(NO_FAILURE, SECOND)).status).toBe('pending');
    world.store = plain;
    expect(await finalize(NO_FAILURE, SECOND)).toMatchObject({ status: 'done', cells: { total: 4, failed: 2 } });
  });

  it('leaves the cells of the execution that has taken the run over, alive or not', async () => {
    await recordRow(world.store, measured(deployments[0]!, { cell: 0 }));
    await world.resume();
    await finalize({ error: 'Interrupted', cause: 'Ctrl-C' });
    expect(await readRows(world.store, RUN)).toHaveLength(1);
    world.running.delete(SECOND);
    await finalize();
    expect(await readRows(world.store, RUN)).toHaveLength(1);
    await finalize(NO_FAILURE, SECOND);
    expect((await readRows(world.store, RUN)).map((row) => row.attempt).toSorted()).toEqual([1, 2, 2, 2]);
  });
});
