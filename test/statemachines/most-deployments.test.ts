import { expect, test } from 'vitest';
import { MAX_DEPLOYMENTS } from '#core/plan/history.ts';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { startExecution } from '#local/asl/execution.ts';
import { jsonBytes, maxPayloadBytes } from '#local/asl/run/payload.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { localDefinition } from '#local/runtime/machine.ts';

const seconds = { clusterPollSeconds: 5, stagePollSeconds: 5, releasePollSeconds: 5 };
const cells = { total: 1, valid: 1, invalid: 0, failed: 0 };

/** What the tasks answer: nothing is deployed, and of no node is it proven that it is gone, the longest that children say. */
const ANSWERS: Partial<Record<TaskName, unknown>> = {
  ExpandMatrix: {
    ...{ run: 'most', attempt: 1, cluster: { name: 'bench', version: '1.36', ephemeral: false }, deadline: '' },
    ...{ withinBudget: true, estimateUsd: 1, budgetUsd: 1, spent: NOTHING_SPENT, deploymentCount: 1 },
    ...{ maxConcurrency: 1, deploymentsKey: 'deployments.json', ...seconds },
  },
  ProvisionCluster: { status: 'ready' },
  StageModel: { status: 'done' },
  RecordFailure: {},
  FinalizeRun: { status: 'done', runStatus: 'SUCCEEDED', cells },
  ReleaseRun: { status: 'done', warnings: [] },
  QueryPricePerformance: { status: 'done', query: { stage: 0, queryIds: [] } },
  PublishReport: { reportKey: 'report.html' },
};

const THROWN: ReadonlySet<string> = new Set<TaskName>(['ProvisionNodePool', 'ReleaseDeployment']);

test('what the children of as many deployments as a plan may have say fits into the payload of one execution', async () => {
  const execution = startExecution(loadStateMachine(await localDefinition('bucket')), {
    input: { matrix: {}, run: 'most' },
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
