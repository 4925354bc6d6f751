import {
  type Chain,
  Choice,
  Condition,
  Map as InlineMap,
  Pass,
  ProvideItems,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { MAX_RELEASE_POLLS } from '#core/plan/history.ts';
import type { DeploymentScope } from '#core/workflow/payload.ts';
import type { ModelStatus } from '#core/workflow/task-signatures.ts';
import { measureCell } from './cell.ts';
import { CAUGHT, CELLS, CELLS_OUTCOME, DEPLOYMENT_DEADLINE, HOLD_UNTIL } from './expressions.ts';
import { input, jsonata, read, result, variables } from './paths.ts';
import { poll } from './poll.ts';
import { taskState } from './task.ts';

const given = input<DeploymentScope>();
const scope = variables<DeploymentScope & { modelStatus: ModelStatus; nextCapacity: number; releaseStatus: string }>();

const NO_FAILURE = { error: '', cause: '' };
const NO_NODE = { zone: '', capacityType: '', instanceId: '', simulated: false, engineVersion: '' };

/**
 * A deployment's child execution: node, engine, cells, and on every path the release, until it is proven
 * that the node is gone. It always returns a status.
 */
export function measureDeployment(construct: Construct): Chain {
  const done = Pass.jsonata(construct, 'DeploymentDone', {
    // Nothing that its history says as well: those of all children together are one payload of the run's execution.
    outputs: { status: read(scope.outcome) },
  });
  const release = taskState(construct, 'ReleaseDeployment', {
    assign: { releaseStatus: read(result<'ReleaseDeployment'>().status) },
    // ReleaseRun asks again for everything of the run, and the guards after it.
    onError: { next: done, assign: { outcome: 'not-released' } },
  });
  poll(construct, release, {
    whilePending: `${scope.releaseStatus} = 'pending'`,
    seconds: read(scope.releasePollSeconds),
    done,
    atMost: {
      counter: 'releasePolls',
      waits: MAX_RELEASE_POLLS,
      giveUp: done,
      // ReleaseRun goes on with it.
      assign: { outcome: 'not-released' },
    },
  });
  const recordFailure = taskState(construct, 'RecordFailure', {
    id: 'RecordDeploymentFailure',
    assign: { outcome: 'failed' },
    onError: { next: release, assign: { outcome: 'failed' } },
  });
  recordFailure.next(release);
  const onError = { next: recordFailure, assign: { failure: CAUGHT } };

  const cells = InlineMap.jsonata(construct, 'ForEachCell', {
    items: ProvideItems.jsonata(CELLS),
    maxConcurrency: 1,
    assign: { outcome: CELLS_OUTCOME },
    outputs: {},
  });
  cells.itemProcessor(measureCell(construct));
  cells.addCatch(recordFailure, { assign: { failure: CAUGHT }, outputs: {} });
  const hold = Wait.jsonata(construct, 'HoldDeployment', { time: WaitTime.timestamp(HOLD_UNTIL), outputs: {} });
  hold.next(release);
  // An engine on which nothing could be measured is nothing to try by hand.
  const anyHold = Choice.jsonata(construct, 'AnyHold', { outputs: {} })
    .when(Condition.jsonata(jsonata`${scope.holdSeconds} > 0 and ${scope.outcome} = 'measured'`), hold)
    .otherwise(release);
  cells.next(anyHold);

  const check = taskState(construct, 'CheckModel', {
    assign: {
      modelStatus: read(result<'CheckModel'>().status),
      nextCapacity: read(result<'CheckModel'>().nextCapacity),
      node: read(result<'CheckModel'>().node),
      failure: read(result<'CheckModel'>().failure),
    },
    onError,
  });
  const deploy = taskState(construct, 'DeployModel', { onError });
  const provision = taskState(construct, 'ProvisionNodePool', { onError });
  const anotherCapacity = Pass.jsonata(construct, 'TryNextCapacityType', {
    assign: { capacity: read(scope.nextCapacity), failure: NO_FAILURE },
    outputs: {},
  });
  anotherCapacity.next(provision);
  const noCapacity = Choice.jsonata(construct, 'AnotherCapacityType', { outputs: {} });
  noCapacity.when(Condition.jsonata(jsonata`${scope.nextCapacity} >= 0`), anotherCapacity).otherwise(recordFailure);

  poll(construct, check, {
    whilePending: `${scope.modelStatus} in ['pending', 'pulling', 'loading']`,
    seconds: read(scope.modelPollSeconds),
    done: recordFailure,
  })
    .when(Condition.jsonata(jsonata`${scope.modelStatus} = 'ready'`), cells)
    .when(Condition.jsonata(jsonata`${scope.modelStatus} = 'no-capacity'`), noCapacity);

  const start = Pass.jsonata(construct, 'StartDeployment', {
    assign: {
      run: read(given.run),
      attempt: read(given.attempt),
      cluster: read(given.cluster),
      deployment: read(given.deployment),
      cells: jsonata`[${given.cells}]`,
      maxSeconds: read(given.maxSeconds),
      holdSeconds: read(given.holdSeconds),
      modelPollSeconds: read(given.modelPollSeconds),
      cellPollSeconds: read(given.cellPollSeconds),
      releasePollSeconds: read(given.releasePollSeconds),
      deploymentDeadline: DEPLOYMENT_DEADLINE,
      capacity: 0,
      node: NO_NODE,
      failure: NO_FAILURE,
      outcome: 'failed',
      releasePolls: 0,
    },
    outputs: {},
  });
  return start.next(provision).next(deploy).next(check);
}
