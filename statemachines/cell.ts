import { type Chain, Choice, Condition, Fail, Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { STORE_UNUSABLE } from '#core/workflow/errors.ts';
import type { CellScope, DeploymentScope } from '#core/workflow/payload.ts';
import { CAUGHT, THIS_CELL } from './expressions.ts';
import { jsonata, read, variables } from './paths.ts';
import { poll } from './poll.ts';
import { taskState } from './task.ts';

const deployment = variables<DeploymentScope>();
const scope = variables<CellScope & { jobStatus: string; cellStatus: string }>();

/**
 * One turn of the map over cells: launch, poll, record. Whatever goes wrong becomes a row, and the next cell goes
 * on; but for a store that nobody can write to, which ends the deployment: its next cell would be paid for and lost.
 * Turns run one at a time, so that a turn that fails cuts no other off.
 */
export function measureCell(construct: Construct): Chain {
  const failed = Pass.jsonata(construct, 'CellFailed', {
    outputs: { cell: read(scope.cell), status: read(scope.cellStatus) },
  });
  const unusable = Fail.jsonata(construct, 'StoreUnusable', {
    error: read(scope.cellFailure.error),
    cause: read(scope.cellFailure.cause),
  });
  const goOn = Choice.jsonata(construct, 'StoreUsable', { outputs: {} })
    .when(Condition.jsonata(jsonata`${scope.cellFailure.error} in ${JSON.stringify(STORE_UNUSABLE)}`), unusable)
    .otherwise(failed);
  const recordFailure = taskState(construct, 'RecordFailure', {
    id: 'RecordCellFailure',
    arguments: { cells: [{ cell: read(scope.cell) }], failure: read(scope.cellFailure) },
    assign: { cellStatus: 'failed' },
    onError: { next: goOn, assign: { cellFailure: CAUGHT } },
  });
  recordFailure.next(goOn);
  const onError = { next: recordFailure, assign: { cellFailure: CAUGHT } };

  const record = taskState(construct, 'RecordResult', {
    outputs: { cell: read(scope.cell), status: jsonata`$states.result.Payload.status` },
    onError,
  });
  const check = taskState(construct, 'CheckJob', {
    assign: { jobStatus: jsonata`$states.result.Payload.status` },
    onError,
  });
  const launch = taskState(construct, 'LaunchJob', { onError });
  const start = Pass.jsonata(construct, 'StartCell', {
    assign: { cell: THIS_CELL, cellFailure: { error: '', cause: '' }, cellStatus: 'not-recorded' },
    outputs: {},
  });

  poll(construct, check, {
    whilePending: `${scope.jobStatus} = 'running'`,
    seconds: read(deployment.cellPollSeconds),
    done: record,
  });
  return start.next(launch).next(check);
}
