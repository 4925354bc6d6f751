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
import {
  ANSWER_POLL_SECONDS,
  MAX_ANSWER_POLLS,
  MAX_CLUSTER_POLLS,
  MAX_FINALIZE_POLLS,
  MAX_STAGE_POLLS,
} from '#core/plan/run-history.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { DeploymentItem, RunScope } from '#core/workflow/payload.ts';
import { measureDeployment } from './deployment.ts';
import {
  CAUGHT,
  CAUGHT_WHOLE,
  FINAL_CAUSE,
  FINAL_ERROR,
  GIVEN_MATRIX,
  MANY_FAILED,
  OVER_BUDGET,
  REQUESTED_RUN,
  warn,
} from './expressions.ts';
import { jsonata, read, result, variables } from './paths.ts';
import { poll } from './poll.ts';
import { taskState } from './task.ts';

const NOT_READY =
  'The cluster is not ready after an hour: EKS is still making, changing or deleting it. Its page in the console of EKS says why; once it is ACTIVE, the run can be resumed under its name.';

const NOT_STAGED =
  'The weights are not in the bucket after three hours. The logs of the Job that stages them say how far it is; what it has stored is kept, and the run can be resumed under its name.';

const NOT_FINALIZED =
  'Not all rows are in the tables, though they are in the store: the guards go on with it, and so does a resume of the run under its name.';

const NOT_RELEASED =
  'Something of the run is still there after half an hour: the guards go on asking. Look for its NodePools, by the label stepbench.dev/run.';

const NOT_ANSWERED =
  'QueryPricePerformance: no answer within ten minutes. The rows are safe: ask again with stepbench query.';

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
  // The list of what came of the children is of no use to anybody, but Step Functions makes it: one that failed outright
  // stands in it with its input and its cause, and some hundreds of those are more than a state may return.
  deployments.addCatch(finalize, {
    errors: [DATA_LIMIT_EXCEEDED],
    assign: { warnings: MANY_FAILED },
    outputs: {},
  });
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
    atMost: {
      counter: 'stagePolls',
      waits: MAX_STAGE_POLLS,
      giveUp: finalize,
      assign: { failure: { error: ErrorName.DeadlinePassed, cause: NOT_STAGED } },
    },
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
    atMost: {
      counter: 'clusterPolls',
      waits: MAX_CLUSTER_POLLS,
      giveUp: finalize,
      assign: { failure: { error: ErrorName.ClusterFailed, cause: NOT_READY } },
    },
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
      clusterPolls: 0,
      stagePolls: 0,
      finalizePolls: 0,
      releasePolls: 0,
      queryPolls: 0,
    },
    outputs: {},
  });
  return start.next(expand).next(withinBudget);
}

/** Step Functions' own, which States.ALL does not match. */
const DATA_LIMIT_EXCEEDED = 'States.DataLimitExceeded';

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
    atMost: {
      counter: 'finalizePolls',
      waits: MAX_FINALIZE_POLLS,
      giveUp: release,
      assign: { failure: { error: ErrorName.StoreFailed, cause: NOT_FINALIZED }, status: 'FAILED' },
    },
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
    seconds: jsonata`${String(ANSWER_POLL_SECONDS)}`,
    done: report,
    atMost: {
      counter: 'queryPolls',
      waits: MAX_ANSWER_POLLS,
      giveUp: report,
      assign: { warnings: jsonata`[${scope.warnings}, ${`'${NOT_ANSWERED}'`}]` },
    },
  });
  return query;
}
