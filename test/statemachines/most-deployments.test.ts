import { expect, test } from 'vitest';
import { MAX_DEPLOYMENTS } from '#core/plan/history.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { startExecution } from '#local/asl/execution.ts';
import { jsonBytes, maxPayloadBytes } from '#local/asl/run/payload.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { localDefinition } from '#local/runtime/machine.ts';
import { ANSWERS, INPUT } from './uneventful-run.ts';

/** Nothing is deployed, and of no node is it proven that it is gone: the longest that children say. */
const THROWN: ReadonlySet<string> = new Set<TaskName>(['ProvisionNodePool', 'ReleaseDeployment']);

test('what the children of as many deployments as a plan may have say fits into the payload of one execution', async () => {
  const execution = startExecution(loadStateMachine(await localDefinition('bucket')), {
    input: INPUT,
    clock: new VirtualClock(),
    invoke: async (name) => {
      if (THROWN.has(name)) throw new StepBenchError(ErrorName.ServiceRefused, 'no');
      return ANSWERS[name as TaskName] ?? {};
    },
    readItems: async () => [
      {
        ...{ deployment: 'abcdefghijkl', maxSeconds: 3600, holdSeconds: 0, cells: [{ cell: 'abcdefghijkl' }] },
        ...{ modelPollSeconds: 5, cellPollSeconds: 5, releasePollSeconds: 5 },
      },
    ],
  });
  expect(await execution.done).toMatchObject({ status: 'SUCCEEDED' });
  const said = execution.children()[0]?.result?.output;
  expect(said).toMatchObject({ status: 'not-released' });
  expect(jsonBytes(Array(MAX_DEPLOYMENTS).fill(said))).toBeLessThanOrEqual(maxPayloadBytes);
});
