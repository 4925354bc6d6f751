import { describe, expect, it } from 'vitest';
import { MAX_RUN_EVENTS, RUN_EVENTS_LEFT } from '#core/plan/run-history.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { startExecution } from '#local/asl/execution.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { localDefinition } from '#local/runtime/machine.ts';
import { ANSWERS, INPUT } from './uneventful-run.ts';

/** @param waits how often each task answers that it has not come to an end yet. */
async function execution(waits: Partial<Record<TaskName, number>>, runStatus = 'SUCCEEDED') {
  const clock = new VirtualClock({ startMs: 0 });
  const called: Partial<Record<string, number>> = {};
  const run = startExecution(loadStateMachine(await localDefinition('bucket')), {
    input: INPUT,
    clock,
    invoke: async (name) => {
      const calls = (called[name] ?? 0) + 1;
      called[name] = calls;
      const answer = { ...ANSWERS[name as TaskName], ...(name === 'FinalizeRun' ? { runStatus } : {}) };
      return calls <= (waits[name as TaskName] ?? 0) ? { ...answer, status: 'pending' } : answer;
    },
    readItems: async () => [],
  });
  const result = await run.done;
  return { result, called, events: run.history().length, hours: clock.nowMs() / 3_600_000 };
}

const EVER = Number.POSITIVE_INFINITY;

describe('what never comes to an end', () => {
  it.each<[TaskName, string, RegExp, number]>([
    ['ProvisionCluster', ErrorName.ClusterFailed, /not ready after an hour/, 1],
    ['StageModel', ErrorName.DeadlinePassed, /not in the bucket after three hours/, 3],
    ['FinalizeRun', ErrorName.StoreFailed, /Not all rows are in the tables/, 0.2],
    ['ReleaseRun', ErrorName.ReleaseFailed, /still there after half an hour/, 0.5],
  ])('%s: the machine says so as %s, and lets go of the run', async (task, error, cause, hours) => {
    // What was not measured has no valid row.
    const neverMeasured = task === 'ProvisionCluster' || task === 'StageModel';
    const ended = await execution({ [task]: EVER }, neverMeasured ? 'FAILED' : 'SUCCEEDED');
    expect(ended.result).toMatchObject({ status: 'FAILED', error, cause: expect.stringMatching(cause) });
    expect(ended.called.ReleaseRun).toBeGreaterThan(0);
    expect(ended.called.Notify).toBe(1);
    expect(ended.hours).toBeGreaterThanOrEqual(hours - 0.05);
    expect(ended.hours).toBeLessThan(hours + 0.1);
  });

  it('QueryPricePerformance: is a warning, for the rows are safe', async () => {
    const { result } = await execution({ QueryPricePerformance: EVER });
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      output: {
        status: 'SUCCEEDED',
        reportKey: 'report.html',
        warnings: [expect.stringMatching(/^QueryPrice.*ten min/)],
      },
    });
  });
});

it('a run whose every wait takes as long as it may has room in its history', async () => {
  const { result, events, hours } = await execution({
    ...{ ProvisionCluster: 240, StageModel: 1080, FinalizeRun: 120, ReleaseRun: 360, QueryPricePerformance: 300 },
  });
  expect(result.status).toBe('SUCCEEDED');
  expect(events).toBeLessThanOrEqual(MAX_RUN_EVENTS);
  // Nothing was left out of the sum.
  expect(events).toBeGreaterThan(MAX_RUN_EVENTS - 50);
  expect(RUN_EVENTS_LEFT).toBeGreaterThan(5000);
  expect(hours).toBeGreaterThan(4.5);
});
