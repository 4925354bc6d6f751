import { type Chain, Pass } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { CellScope, DeploymentScope } from '#core/workflow/payload.ts';
import { CAUGHT, THIS_CELL } from './expressions.ts';
import { jsonata, read, variables } from './paths.ts';
import { poll } from './poll.ts';
import { taskState } from './task.ts';

const deployment = variables<DeploymentScope>();
const scope = variables<CellScope & { jobStatus: string }>();

/**
 * One turn of the map over cells: launch, poll, record. It never fails: a failing turn would abort the
 * others without running their Catch. Whatever goes wrong becomes a row, and the next cell goes on.
 */
export function measureCell(construct: Construct): Chain {
  const unrecorded = Pass.jsonata(construct, 'CellNotRecorded', {
    outputs: { cell: read(scope.cell), status: 'not-recorded' },
  });
  const recordFailure = taskState(construct, 'RecordFailure', {
    id: 'RecordCellFailure',
    arguments: { cells: [{ cell: read(scope.cell) }], failure: read(scope.cellFailure) },
    outputs: { cell: read(scope.cell), status: 'failed' },
    onError: { next: unrecorded },
  });
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
    assign: { cell: THIS_CELL, cellFailure: { error: '', cause: '' } },
    outputs: {},
  });

  poll(construct, check, {
    whilePending: `${scope.jobStatus} = 'running'`,
    seconds: read(deployment.cellPollSeconds),
    done: record,
  });
  return start.next(launch).next(check);
}
