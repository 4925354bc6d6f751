import type { Spending } from '#core/plan/spending.ts';
import type {
  CellCounts,
  CellScope,
  ClusterTarget,
  DeploymentScope,
  Failure,
  NodeFacts,
  QueryProgress,
  RunScope,
} from '#core/workflow/payload.ts';
import type { TaskName, TaskOutput } from '#core/workflow/task-signatures.ts';
import type { Vocabulary } from './lint.ts';

/** The fields of an object type, complete by force of the compiler. */
const fields = <T extends object>(of: Record<keyof T & string, true>): readonly string[] => Object.keys(of);

const failure = fields<Failure>({ error: true, cause: true });
const cluster = fields<ClusterTarget>({ name: true, version: true, ephemeral: true });
const node = fields<NodeFacts>({
  zone: true,
  capacityType: true,
  instanceId: true,
  simulated: true,
  engineVersion: true,
});
const none: readonly string[] = [];

/** Variables that only steer the machine's own loops. */
export type LoopVariable =
  | 'clusterStatus'
  | 'clusterPolls'
  | 'stageStatus'
  | 'stagePolls'
  | 'finalizeStatus'
  | 'finalizePolls'
  | 'releaseStatus'
  | 'releasePolls'
  | 'queryStatus'
  | 'queryPolls'
  | 'modelStatus'
  | 'nextCapacity'
  | 'jobStatus'
  | 'cellStatus';

type VariableName = keyof (RunScope & DeploymentScope & CellScope) | LoopVariable;

const VARIABLES: Record<VariableName, readonly string[]> = {
  matrix: none,
  requestedRun: none,
  execution: none,
  startedAt: none,
  run: none,
  attempt: none,
  cluster,
  deadline: none,
  withinBudget: none,
  estimateUsd: none,
  budgetUsd: none,
  spent: fields<Spending>({ nodesUsd: true, sharedUsd: true, reservedUsd: true }),
  deploymentCount: none,
  maxConcurrency: none,
  deploymentsKey: none,
  clusterPollSeconds: none,
  stagePollSeconds: none,
  releasePollSeconds: none,
  failure,
  status: none,
  cells: fields<CellCounts>({ total: true, valid: true, invalid: true, failed: true }),
  query: fields<QueryProgress>({ stage: true, queryIds: true }),
  reportKey: none,
  warnings: none,
  deployment: none,
  maxSeconds: none,
  holdSeconds: none,
  modelPollSeconds: none,
  cellPollSeconds: none,
  deploymentDeadline: none,
  capacity: none,
  node,
  outcome: none,
  cell: none,
  cellFailure: failure,
  clusterStatus: none,
  clusterPolls: none,
  stageStatus: none,
  stagePolls: none,
  finalizeStatus: none,
  finalizePolls: none,
  releaseStatus: none,
  releasePolls: none,
  queryStatus: none,
  queryPolls: none,
  modelStatus: none,
  nextCapacity: none,
  jobStatus: none,
  cellStatus: none,
};

const RESULTS: { [N in TaskName]: Record<keyof TaskOutput<N> & string, true> } = {
  ExpandMatrix: {
    run: true,
    attempt: true,
    cluster: true,
    deadline: true,
    withinBudget: true,
    estimateUsd: true,
    budgetUsd: true,
    spent: true,
    deploymentCount: true,
    maxConcurrency: true,
    deploymentsKey: true,
    clusterPollSeconds: true,
    stagePollSeconds: true,
    releasePollSeconds: true,
  },
  ProvisionCluster: { status: true },
  ProvisionLoadPool: { nodePool: true },
  StageModel: { status: true },
  ProvisionNodePool: { nodePool: true },
  DeployModel: { job: true },
  CheckModel: { status: true, nextCapacity: true, node: true, failure: true },
  LaunchJob: { job: true },
  CheckJob: { status: true },
  RecordResult: { status: true },
  RecordFailure: { recorded: true },
  ReleaseDeployment: { status: true },
  FinalizeRun: { status: true, runStatus: true, cells: true },
  ReleaseRun: { status: true, warnings: true },
  QueryPricePerformance: { status: true, query: true },
  PublishReport: { reportKey: true },
  Notify: { notified: true },
};

export const VOCABULARY: Vocabulary = {
  variables: VARIABLES,
  results: Object.fromEntries(Object.entries(RESULTS).map(([task, keys]) => [task, Object.keys(keys)])),
};
