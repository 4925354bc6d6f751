import { describe, expect, test } from 'vitest';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import type { InvokeTask } from '#local/runtime/runtime.ts';
import { cellsOf, type Ending, SMALL, virtualRun } from './virtual-run.ts';

/**
 * For every task: it throws once, it throws always, it is delivered twice, and twice at once. Whatever
 * happens, no node is left, each cell has one row, and the status is true.
 */
type Around = (invoke: InvokeTask) => InvokeTask;

const only =
  (task: TaskName, change: (call: () => Promise<unknown>, count: number) => Promise<unknown>): Around =>
  (invoke) => {
    let count = 0;
    return (name, input) => {
      if (name !== task) return invoke(name, input);
      count += 1;
      return change(() => invoke(name, input), count);
    };
  };

const boom = () => Promise.reject(new Error('it broke'));

const CELLS = cellsOf(SMALL);

/** What no fault may take away. */
function assertPromises(ending: Ending): void {
  expect(ending.nodesLeftAfterDeadlines).toBe(0);
  const ids = ending.rows.map((row) => row.cell_id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ending.parquetCells).size).toBe(ending.parquetCells.length);
  const valid = ending.rows.filter((row) => row.valid).length;
  if (ending.output?.status === 'SUCCEEDED') expect(valid).toBe(CELLS.length);
  if (ending.output?.status === 'PARTIAL') {
    expect(valid).toBeGreaterThan(0);
    expect(valid).toBeLessThan(CELLS.length);
  }
}

const undisturbed = (ending: Ending): void => {
  assertPromises(ending);
  expect(ending.nodesLeft).toBe(0);
  expect(ending.output?.status).toBe('SUCCEEDED');
  expect(ending.rows.map((row) => row.cell_id).toSorted()).toEqual(CELLS);
  expect(ending.parquetCells).toEqual(CELLS);
};

test('undisturbed', async () => undisturbed(await virtualRun()));

describe.each(TASK_NAMES)('%s', (task) => {
  test('throws once: nobody notices', async () => {
    undisturbed(await virtualRun({ around: only(task, (call, count) => (count === 1 ? boom() : call())) }));
  });

  test('did its work and then threw, once: nobody notices', async () => {
    undisturbed(
      await virtualRun({ around: only(task, async (call, count) => (count === 1 ? call().then(boom) : call())) }),
    );
  });

  test('is delivered twice, one after the other', async () => {
    undisturbed(await virtualRun({ around: only(task, (call) => call().then(call)) }));
  });

  test('is delivered twice at once', async () => {
    undisturbed(
      await virtualRun({
        around: only(task, async (call) => {
          const [first, second] = await Promise.allSettled([call(), call()]);
          const better = [first, second].find((one) => one.status === 'fulfilled');
          if (better === undefined) throw (first as PromiseRejectedResult).reason;
          return better.value;
        }),
      }),
    );
  });

  test('throws always: no node, no false status', async () => {
    const ending = await virtualRun({ around: only(task, boom) });
    assertPromises(ending);
    expect(EXPECTED[task]).toBeDefined();
    expect(ending.output?.status ?? ending.error).toBe(EXPECTED[task]);
    // Only a release that never works leaves nodes to their own deadlines.
    if (task !== 'ReleaseRun') expect(ending.nodesLeft).toBe(0);
    // A plan is a promise of rows: every planned cell has one, unless rows cannot be written at all.
    if (!['ExpandMatrix', 'FinalizeRun', 'RecordFailure'].includes(task)) {
      expect(ending.rows.map((row) => row.cell_id).toSorted()).toEqual(CELLS);
    }
  });
});

/** The status of the output, or the error of the failed execution. */
const EXPECTED: Record<TaskName, string> = {
  ExpandMatrix: 'Error',
  ProvisionCluster: 'Error',
  ProvisionLoadPool: 'Error',
  StageModel: 'Error',
  // Each deployment failed by itself: nothing was measured.
  ProvisionNodePool: 'NothingMeasured',
  DeployModel: 'NothingMeasured',
  CheckModel: 'NothingMeasured',
  LaunchJob: 'NothingMeasured',
  CheckJob: 'NothingMeasured',
  RecordResult: 'NothingMeasured',
  // Nothing failed, so nothing called it.
  RecordFailure: 'SUCCEEDED',
  // ReleaseRun lets go of what it left.
  ReleaseDeployment: 'SUCCEEDED',
  FinalizeRun: 'Error',
  ReleaseRun: 'ReleaseFailed',
  QueryPricePerformance: 'SUCCEEDED',
  PublishReport: 'SUCCEEDED',
  Notify: 'SUCCEEDED',
};
