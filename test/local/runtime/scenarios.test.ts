import { describe, expect, test } from 'vitest';
import { VLLM_IMAGE } from '#core/engines/vllm.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { repository } from '#local/cluster/faults.ts';
import type { InvokeTask } from '#local/runtime/runtime.ts';
import { watched } from '#test/lambdas/fakes/stores.ts';
import { cellsOf, type Ending, newWorld, SMALL, virtualRun } from './virtual-run.ts';

const CELLS = cellsOf(SMALL);
const errorsOn = (ending: Ending, instanceType: string) =>
  ending.rows.filter((row) => row.instance_type === instanceType).map((row) => row.error_name);
const engine = repository(VLLM_IMAGE);

/** One deployment of two fails; the other one is measured, and everything is gone. */
function assertHalf(ending: Ending, error: string): void {
  expect(ending.nodesLeft).toBe(0);
  expect(ending.output?.status).toBe('PARTIAL');
  expect(errorsOn(ending, 'g5.8xlarge')).toEqual([error, error]);
  expect(errorsOn(ending, 'g5.16xlarge')).toEqual([null, null]);
  expect(ending.parquetCells).toEqual(CELLS);
}

const where = { instanceType: 'g5.8xlarge' };

describe('a deployment that fails does not take the others with it', () => {
  test('no capacity, ever', async () => {
    const ending = await virtualRun({ faults: [{ kind: 'insufficient-capacity', where }] });
    assertHalf(ending, 'NoCapacity');
    const row = ending.rows.find((one) => one.instance_type === 'g5.8xlarge')!;
    expect(row.error_reason).toMatch(/InsufficientCapacityError/);
    expect(row.price_usd_per_hour).toBeNull();
  });

  test('an image that cannot be pulled', async () => {
    assertHalf(
      await virtualRun({ faults: [{ kind: 'image-pull', where: { ...where, image: engine } }] }),
      'EngineFailed',
    );
  });

  test('an engine that crashes at its start', async () => {
    assertHalf(
      await virtualRun({ faults: [{ kind: 'crash-at-start', where: { ...where, image: engine } }] }),
      'EngineFailed',
    );
  });

  test('an engine that is never ready is given up', async () => {
    assertHalf(
      await virtualRun({ faults: [{ kind: 'never-ready', where: { ...where, image: engine } }] }),
      'EngineFailed',
    );
  });
});

test('capacity that comes within the patience is waited for', async () => {
  const ending = await virtualRun({ faults: [{ kind: 'insufficient-capacity', where, times: 3 }] });
  expect(ending.output?.status).toBe('SUCCEEDED');
});

test('without capacity the next capacity type is tried, and the row says which one it was and its price', async () => {
  const ending = await virtualRun({
    matrix: { ...SMALL, defaults: { ...SMALL.defaults, capacityType: 'spot' }, capacity: { fallback: ['on-demand'] } },
    faults: [{ kind: 'insufficient-capacity', where: { ...where, capacityType: 'spot' } }],
  });
  expect(ending.output?.status).toBe('SUCCEEDED');
  const types = Map.groupBy(ending.rows, (row) => row.instance_type);
  expect(types.get('g5.8xlarge')?.map((row) => row.capacity_type)).toEqual(['on-demand', 'on-demand']);
  expect(types.get('g5.16xlarge')?.map((row) => row.capacity_type)).toEqual(['spot', 'spot']);
});

test('an engine that dies in the middle keeps what was measured, and fails the rest at once', async () => {
  // Both cells of a deployment take about a minute each after some eight minutes of start.
  const ending = await virtualRun({
    faults: [{ kind: 'crash', afterMs: 120_000 + 45_000, where: { ...where, image: engine } }],
  });
  expect(ending.nodesLeft).toBe(0);
  expect(ending.output?.status).toBe('PARTIAL');
  expect(errorsOn(ending, 'g5.8xlarge').toSorted()).toContain('EngineFailed');
});

test('a load generator that hangs fails its cell only', async () => {
  const cell = CELLS[0]!;
  const ending = await virtualRun({ faults: [{ kind: 'never-ends', where: { cell, container: 'generator' } }] });
  expect(ending.nodesLeft).toBe(0);
  expect(ending.output?.status).toBe('PARTIAL');
  expect(ending.rows.filter((row) => row.error_name !== null).map((row) => row.cell_id)).toEqual([cell]);
});

test('a node that is lost fails its deployment and is not bought again', async () => {
  const ending = await virtualRun({ faults: [{ kind: 'node-lost', afterMs: 30_000, where }] });
  expect(ending.nodesLeft).toBe(0);
  expect(ending.output?.status).toBe('PARTIAL');
});

test('a failure that cannot be recorded leaves a row all the same', async () => {
  const around =
    (invoke: InvokeTask): InvokeTask =>
    (name, input) =>
      name === 'RecordFailure' || name === 'LaunchJob' ? Promise.reject(new Error('it broke')) : invoke(name, input);
  const ending = await virtualRun({ around });
  expect(ending.nodesLeft).toBe(0);
  expect(ending.error).toBe('NothingMeasured');
  expect(ending.rows.map((row) => row.cell_id).toSorted()).toEqual(CELLS);
});

describe('stopped while it is planned', () => {
  const stopAt = async (type: string, breaks: 'nothing' | 'the plan') => {
    const world = newWorld();
    const plain = world.store;
    world.store = watched(plain, (operation, key) => {
      if (breaks === 'the plan' && operation === 'put' && key.endsWith('/plan.json'))
        throw new Error('the store broke');
    });
    let stop = (_: string) => {};
    const ending = await virtualRun({
      world,
      started: (handle) => {
        stop = handle.stop;
      },
      onEvent: ({ event }) => {
        if (event.type === type) stop('Ctrl-C');
      },
    });
    const { lease } = (await readLease(plain, 'small'))!;
    return { world, ending, lease, plan: await findPlan(plain, 'small') };
  };

  test('its plan stands, with its rows and its lease ended: it can be resumed', async () => {
    const { world, ending, lease, plan } = await stopAt('TaskStarted', 'nothing');
    expect(ending).toMatchObject({ status: 'ABORTED', released: true, nodesLeft: 0 });
    expect(plan).toBeDefined();
    expect(lease.releasedAt).not.toBeNull();
    expect((await virtualRun({ world, name: 'small-2' })).output?.status).toBe('SUCCEEDED');
  });

  test('before its plan stands: the lease ends with it, and anybody may take the run', async () => {
    const { ending, lease, plan } = await stopAt('TaskStarted', 'the plan');
    expect(ending).toMatchObject({ status: 'ABORTED', released: true });
    expect(plan).toBeUndefined();
    expect(lease.releasedAt).not.toBeNull();
  });
});

describe('stopped in the middle', () => {
  const stopAfter = (ms: number) =>
    virtualRun({ started: ({ stop, world }) => void world.clock.after(ms, () => stop('Ctrl-C')) });

  // While the cluster is made, nodes launch, images are pulled, engines load, cells are measured.
  test.each([60, 900, 1_100, 1_300, 1_500, 1_620, 1_680])('after %i s', async (seconds) => {
    const ending = await stopAfter(seconds * 1000);
    expect(ending.status).toBe('ABORTED');
    expect(ending.released).toBe(true);
    expect(ending.nodesLeft).toBe(0);
    expect(ending.rows.map((row) => row.cell_id).toSorted()).toEqual(CELLS);
    expect(new Set(ending.parquetCells).size).toBe(CELLS.length);
  });

  test('and resumed, the run has the rows of an undisturbed one, and measures nothing twice', async () => {
    const world = newWorld();
    let stop = (_: string) => {};
    const stopped = await virtualRun({
      world,
      started: (handle) => {
        stop = handle.stop;
      },
      onEvent: ({ event }) => {
        if (event.stateExitedEventDetails?.name === 'RecordResult') stop('Ctrl-C');
      },
    });
    const measured = stopped.rows.filter((row) => row.status === 'measured');
    expect(measured.length).toBeGreaterThan(0);
    expect(measured.length).toBeLessThan(CELLS.length);
    const resumed = await virtualRun({ world, name: 'small-2' });
    expect(resumed.output?.status).toBe('SUCCEEDED');
    expect(resumed.rows.map((row) => row.cell_id).toSorted()).toEqual(CELLS);
    for (const row of measured) {
      expect(resumed.rows.find((one) => one.cell_id === row.cell_id)).toEqual(row);
    }
    expect(resumed.parquetCells).toEqual(CELLS);
  });
});

describe('delivered again after the run has ended', () => {
  const MAKERS: readonly TaskName[] = [
    'ProvisionLoadPool',
    'StageModel',
    'ProvisionNodePool',
    'DeployModel',
    'CheckModel',
    'LaunchJob',
  ];

  test.each([[MAKERS], [['ProvisionNodePool', 'DeployModel'] as const]])('%j make nothing', async (tasks) => {
    const deliveries: { name: TaskName; deliver: () => Promise<unknown> }[] = [];
    const around =
      (invoke: InvokeTask): InvokeTask =>
      (name, input) => {
        deliveries.push({ name, deliver: () => invoke(name, input) });
        return invoke(name, input);
      };
    let late = 0;
    const ending = await virtualRun({
      around,
      ended: async ({ clock }) => {
        for (const { name, deliver } of [...deliveries]) {
          if (!tasks.includes(name)) continue;
          late += 1;
          await clock.busy(() => deliver().catch(() => undefined));
        }
        await clock.sleep(120_000);
      },
    });
    expect(late).toBeGreaterThan(2);
    expect(ending.output?.status).toBe('SUCCEEDED');
    expect(ending.nodesLeft).toBe(0);
  });
});

test('a run that is measured already starts no node', async () => {
  const world = newWorld();
  await virtualRun({ world });
  const again = await virtualRun({ world, name: 'small-2' });
  expect(again.output?.status).toBe('SUCCEEDED');
  expect(again.gpuSeconds).toBe(0);
});

test('the same run cannot be worked on by two executions at once', async () => {
  const world = newWorld();
  const underWay = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const first = virtualRun({
    world,
    around: (invoke) => async (task, payload) => {
      if (task === 'CheckModel') {
        underWay.resolve();
        // Virtual time stands still: it would be over before the other has begun.
        await world.clock.busy(() => goOn.promise);
      }
      return invoke(task, payload);
    },
  });
  await underWay.promise;
  const second = await virtualRun({ world, name: 'small-2' });
  goOn.resolve();
  expect(second.error).toBe('RunAlreadyActive');
  expect((await first).output?.status).toBe('SUCCEEDED');
});

describe('bad input starts nothing', () => {
  test('every mistake of a matrix is in the cause', async () => {
    const ending = await virtualRun({
      matrix: { ...SMALL, matrix: { instanceType: ['g5.9xlarge'], concurrency: [0] }, budgetUsd: -1 },
    });
    expect(ending.error).toBe('InvalidMatrix');
    for (const path of ['matrix.instanceType[0]', 'matrix.concurrency[0]', 'budgetUsd']) {
      expect(ending.cause).toContain(path);
    }
    expect(ending.gpuSeconds).toBe(0);
  });

  test('a budget that is too small', async () => {
    const ending = await virtualRun({ matrix: { ...SMALL, budgetUsd: 0.5 } });
    expect(ending.error).toBe('BudgetExceeded');
    expect(ending.cause).toMatch(/budget of \$0\.5/);
    expect(ending.gpuSeconds).toBe(0);
  });
});
