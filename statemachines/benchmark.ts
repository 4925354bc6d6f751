import {
  type Chain,
  Choice,
  Condition,
  DistributedMap,
  Fail,
  Pass,
  S3JsonItemReader,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { MAX_RELEASE_POLLS } from '#core/plan/history.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { DeploymentItem, RunScope } from '#core/workflow/payload.ts';
import { measureDeployment } from './deployment.ts';
import {
  CAUGHT,
  CAUGHT_WHOLE,
  FINAL_CAUSE,
  FINAL_ERROR,
  GIVEN_MATRIX,
  OVER_BUDGET,
  REQUESTED_RUN,
  warn,
} from './expressions.ts';
import { jsonata, read, result, variables } from './paths.ts';
import { poll } from './poll.ts';
import { taskState } from './task.ts';

/** A statement over the rows of a run takes a second or two. */
const ANSWER_POLL_SECONDS = jsonata`2`;

const NOT_RELEASED =
  'Something of the run is still there after half an hour: the guards go on asking. Look for its NodePools, by the label stepbench.dev/run.';

/** Stands for the results bucket until render.ts puts `${ResultsBucket}` in its place. */
export const PLACEHOLDER_BUCKET = 'placeholder-results-bucket';

interface LoopStatus {
  clusterStatus: string;
  stageStatus: string;
  finalizeStatus: string;
  releaseStatus: string;
  queryStatus: string;
}

const scope = variables<RunScope & LoopStatus>();
const item = (key: keyof DeploymentItem) => jsonata`$states.context.Map.Item.Value.${key}`;

/** The whole benchmark. Built from its end to its beginning, since every state must know where its errors go. */
export function benchmark(construct: Construct): Chain {
  const answer = answering(construct);
  const finalize = finishing(construct, answer);
  const onError = { next: finalize, assign: { failure: CAUGHT } };

  const deployments = forEachDeployment(construct);
  deployments.addCatch(finalize, { assign: { failure: CAUGHT }, outputs: {} });
  deployments.next(finalize);

  const stage = taskState(construct, 'StageModel', {
    assign: { stageStatus: read(result<'StageModel'>().status) },
    onError,
  });
  poll(construct, stage, {
    whilePending: `${scope.stageStatus} = 'pending'`,
    seconds: read(scope.stagePollSeconds),
    done: deployments,
  });
  const loadPool = taskState(construct, 'ProvisionLoadPool', { onError });
  loadPool.next(stage);
  const cluster = taskState(construct, 'ProvisionCluster', {
    assign: { clusterStatus: read(result<'ProvisionCluster'>().status) },
    onError,
  });
  poll(construct, cluster, {
    whilePending: `${scope.clusterStatus} = 'pending'`,
    seconds: read(scope.clusterPollSeconds),
    done: loadPool,
  });

  const overBudget = Fail.jsonata(construct, 'OverBudget', { error: ErrorName.BudgetExceeded, cause: OVER_BUDGET });
  const anythingToDo = Choice.jsonata(construct, 'AnythingToMeasure', { outputs: {} })
    .when(Condition.jsonata(jsonata`${scope.deploymentCount} > 0`), cluster)
    .otherwise(finalize);
  const withinBudget = Choice.jsonata(construct, 'WithinBudget', { outputs: {} })
    .when(Condition.jsonata(jsonata`${scope.withinBudget}`), anythingToDo)
    .otherwise(overBudget);

  const notStarted = Fail.jsonata(construct, 'NotStarted', {
    error: read(scope.failure.error),
    cause: read(scope.failure.cause),
  });
  const plan = result<'ExpandMatrix'>();
  const expand = taskState(construct, 'ExpandMatrix', {
    assign: {
      run: read(plan.run),
      attempt: read(plan.attempt),
      cluster: read(plan.cluster),
      deadline: read(plan.deadline),
      withinBudget: read(plan.withinBudget),
      estimateUsd: read(plan.estimateUsd),
      budgetUsd: read(plan.budgetUsd),
      spent: read(plan.spent),
      deploymentCount: read(plan.deploymentCount),
      maxConcurrency: read(plan.maxConcurrency),
      deploymentsKey: read(plan.deploymentsKey),
      clusterPollSeconds: read(plan.clusterPollSeconds),
      stagePollSeconds: read(plan.stagePollSeconds),
      releasePollSeconds: read(plan.releasePollSeconds),
      // Held by the variable until here; the plan in the store has it from now on.
      matrix: {},
    },
    onError: { next: notStarted, assign: { failure: CAUGHT_WHOLE } },
  });
  const start = Pass.jsonata(construct, 'StartRun', {
    assign: {
      matrix: GIVEN_MATRIX,
      requestedRun: REQUESTED_RUN,
      execution: jsonata`$states.context.Execution.Id`,
      startedAt: jsonata`$states.context.Execution.StartTime`,
      failure: { error: '', cause: '' },
      status: 'FAILED',
      cells: { total: 0, valid: 0, invalid: 0, failed: 0 },
      query: { stage: 0, queryIds: [] },
      reportKey: '',
      warnings: [],
      releasePolls: 0,
    },
    outputs: {},
  });
  return start.next(expand).next(withinBudget);
}

function forEachDeployment(construct: Construct): DistributedMap {
  const map = DistributedMap.jsonata(construct, 'ForEachDeployment', {
    itemReader: new S3JsonItemReader({ bucketNamePath: PLACEHOLDER_BUCKET, key: read(scope.deploymentsKey) }),
    itemSelector: {
      run: read(scope.run),
      attempt: read(scope.attempt),
      cluster: read(scope.cluster),
      deployment: item('deployment'),
      cells: item('cells'),
      maxSeconds: item('maxSeconds'),
      holdSeconds: item('holdSeconds'),
      modelPollSeconds: item('modelPollSeconds'),
      cellPollSeconds: item('cellPollSeconds'),
      releasePollSeconds: item('releasePollSeconds'),
    },
    jsonataMaxConcurrency: read(scope.maxConcurrency),
    // A child always returns a status, but States.ALL does not catch DataLimitExceeded and Runtime.
    toleratedFailurePercentage: 100,
    label: 'Deployments',
    outputs: {},
  });
  map.itemProcessor(measureDeployment(construct));
  return map;
}

/** Rows to Parquet, then everything of the run away, whatever happened before. */
function finishing(construct: Construct, answer: LambdaInvoke): LambdaInvoke {
  const release = taskState(construct, 'ReleaseRun', {
    assign: {
      releaseStatus: read(result<'ReleaseRun'>().status),
      warnings: jsonata`[${scope.warnings}, ${result<'ReleaseRun'>().warnings}]`,
    },
    onError: {
      next: answer,
      assign: { failure: { error: ErrorName.ReleaseFailed, cause: CAUGHT.cause }, status: 'FAILED' },
    },
  });
  poll(construct, release, {
    whilePending: `${scope.releaseStatus} = 'pending'`,
    seconds: read(scope.releasePollSeconds),
    done: answer,
    atMost: {
      counter: 'releasePolls',
      waits: MAX_RELEASE_POLLS,
      giveUp: answer,
      assign: { failure: { error: ErrorName.ReleaseFailed, cause: NOT_RELEASED }, status: 'FAILED' },
    },
  });
  const finalized = result<'FinalizeRun'>();
  const finalize = taskState(construct, 'FinalizeRun', {
    assign: { finalizeStatus: read(finalized.status), status: read(finalized.runStatus), cells: read(finalized.cells) },
    onError: { next: release, assign: { failure: CAUGHT, status: 'FAILED' } },
  });
  poll(construct, finalize, {
    whilePending: `${scope.finalizeStatus} = 'pending'`,
    seconds: read(scope.releasePollSeconds),
    done: release,
  });
  return finalize;
}

/** The answers, the report and the notification: a failure here is a warning, the rows are safe. */
function answering(construct: Construct): LambdaInvoke {
  const failed = Fail.jsonata(construct, 'RunFailed', { error: FINAL_ERROR, cause: FINAL_CAUSE });
  const succeeded = Succeed.jsonata(construct, 'RunSucceeded', {
    outputs: {
      run: read(scope.run),
      status: read(scope.status),
      cells: read(scope.cells),
      reportKey: read(scope.reportKey),
      warnings: read(scope.warnings),
    },
  });
  const outcome = Choice.jsonata(construct, 'Outcome', { outputs: {} })
    .when(Condition.jsonata(jsonata`${scope.status} = 'FAILED'`), failed)
    .otherwise(succeeded);
  const notify = taskState(construct, 'Notify', {
    onError: { next: outcome, assign: { warnings: warn('Notify') } },
  });
  notify.next(outcome);
  const report = taskState(construct, 'PublishReport', {
    assign: { reportKey: read(result<'PublishReport'>().reportKey) },
    onError: { next: notify, assign: { warnings: warn('PublishReport') } },
  });
  report.next(notify);
  const answered = result<'QueryPricePerformance'>();
  const query = taskState(construct, 'QueryPricePerformance', {
    assign: { queryStatus: read(answered.status), query: read(answered.query) },
    onError: { next: report, assign: { warnings: warn('QueryPricePerformance') } },
  });
  poll(construct, query, {
    whilePending: `${scope.queryStatus} = 'pending'`,
    seconds: ANSWER_POLL_SECONDS,
    done: report,
  });
  return query;
}
