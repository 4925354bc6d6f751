import { ErrorName } from './errors.ts';
import type {
  CellCounts,
  CellScope,
  DeploymentScope,
  Failure,
  NodeFacts,
  QueryProgress,
  RunScope,
  RunStatus,
} from './payload.ts';

/** What a task must be able to do; its IAM grants, its VPC and its local binding follow from it. */
export type Need =
  | 'kubernetes'
  | 'clusters:create'
  | 'clusters:delete'
  | 'clusters:disable'
  | 'instances'
  | 'prices'
  | 'quotas'
  | 'executions'
  | 'plan:read'
  | 'plan:write'
  | 'lease'
  | 'lease:read'
  | 'artifacts:read'
  | 'weights:read'
  | 'rows:read'
  | 'rows:write'
  | 'records:write'
  | 'purchases:read'
  | 'purchases:write'
  | 'results:write'
  | 'finalized:write'
  | 'sql'
  | 'answers:read'
  | 'answers:write'
  | 'report:write'
  | 'notify';

/** Which retry policy of the state machine a task runs under (statemachines/retry.ts has the arithmetic). */
export type RetryPolicy = 'call' | 'release';

/** The phase that the live view shows while a task of this kind is under way. */
export type TaskPhase = 'plan' | 'cluster' | 'launch' | 'load' | 'measure' | 'record' | 'release' | 'answer';

/** `pending` asks the machine to wait and call again. */
export interface Pending {
  status: 'pending' | 'done';
}

/** `warnings`: what could not be written down about it. Whether it is released does not hang on that. */
export interface Releasing extends Pending {
  warnings: string[];
}

type DeploymentKeys = 'run' | 'cluster' | 'deployment' | 'attempt' | 'deploymentDeadline';

export interface TaskSignatures {
  ExpandMatrix: {
    input: Pick<RunScope, 'matrix' | 'requestedRun' | 'execution' | 'startedAt'>;
    output: Pick<
      RunScope,
      | 'run'
      | 'attempt'
      | 'cluster'
      | 'deadline'
      | 'withinBudget'
      | 'estimateUsd'
      | 'budgetUsd'
      | 'spent'
      | 'deploymentCount'
      | 'maxConcurrency'
      | 'deploymentsKey'
      | 'clusterPollSeconds'
      | 'stagePollSeconds'
      | 'releasePollSeconds'
    >;
  };
  ProvisionCluster: { input: Pick<RunScope, 'run' | 'cluster' | 'deadline'>; output: Pending };
  ProvisionLoadPool: { input: Pick<RunScope, 'run' | 'cluster' | 'deadline'>; output: { nodePool: string } };
  StageModel: { input: Pick<RunScope, 'run' | 'cluster' | 'deadline'>; output: Pending };
  ProvisionNodePool: { input: Pick<DeploymentScope, DeploymentKeys | 'capacity'>; output: { nodePool: string } };
  DeployModel: { input: Pick<DeploymentScope, DeploymentKeys | 'capacity'>; output: { job: string } };
  CheckModel: {
    input: Pick<DeploymentScope, DeploymentKeys | 'capacity'>;
    output: {
      status: ModelStatus;
      /** The next entry of capacityTypes to try; -1 when there is none. */
      nextCapacity: number;
      node: NodeFacts;
      /** Set with `failed` and `no-capacity`: what becomes of the deployment's rows. */
      failure: Failure;
    };
  };
  LaunchJob: { input: Pick<DeploymentScope & CellScope, DeploymentKeys | 'node' | 'cell'>; output: { job: string } };
  CheckJob: {
    input: Pick<DeploymentScope & CellScope, DeploymentKeys | 'cell'>;
    output: { status: 'running' | 'finished' };
  };
  RecordResult: {
    input: Pick<DeploymentScope & CellScope, DeploymentKeys | 'capacity' | 'node' | 'cell'>;
    output: { status: 'valid' | 'invalid' };
  };
  RecordFailure: {
    /** `cells`: those of them that have no row of this attempt yet get one. */
    input: Pick<DeploymentScope, 'run' | 'deployment' | 'attempt' | 'cells' | 'capacity' | 'node' | 'failure'>;
    output: { recorded: number };
  };
  ReleaseDeployment: { input: Pick<DeploymentScope, DeploymentKeys | 'node' | 'failure'>; output: Releasing };
  FinalizeRun: {
    input: Pick<RunScope, 'run' | 'execution' | 'failure'>;
    output: Pending & { runStatus: RunStatus; cells: CellCounts };
  };
  ReleaseRun: { input: Pick<RunScope, 'run' | 'execution' | 'cluster'>; output: Releasing };
  QueryPricePerformance: { input: Pick<RunScope, 'run' | 'query'>; output: Pending & { query: QueryProgress } };
  PublishReport: { input: Pick<RunScope, 'run'>; output: { reportKey: string } };
  Notify: { input: Pick<RunScope, 'run' | 'status' | 'failure' | 'cells' | 'warnings'>; output: { notified: boolean } };
}

/**
 * pending: no node yet. pulling: the node is there, the engine's container is not. loading: the engine runs
 * and is not ready. The other three end the wait.
 */
export type ModelStatus = 'pending' | 'pulling' | 'loading' | 'ready' | 'no-capacity' | 'failed';

export type TaskName = keyof TaskSignatures;
export type TaskInput<N extends TaskName> = TaskSignatures[N]['input'];
export type TaskOutput<N extends TaskName> = TaskSignatures[N]['output'];
export type TaskHandler<N extends TaskName> = (input: TaskInput<N>) => Promise<TaskOutput<N>>;

export interface TaskDefinition<N extends TaskName> {
  /** Exactly the keys of the input type: the machine builds its Arguments from them. */
  input: readonly (keyof TaskInput<N> & string)[];
  /** Of the function; the state waits a little longer, so that the function's own timeout is the one that is seen. */
  timeoutSeconds: number;
  retry: RetryPolicy;
  /** Errors that no retry mends. */
  errors: readonly ErrorName[];
  needs: readonly Need[];
  phase: TaskPhase;
}

const deployment = ['run', 'cluster', 'deployment', 'attempt', 'deploymentDeadline'] as const;

/** The table of tasks: the ASL, the functions and their grants, the local binding and the live view derive from it. */
export const TASKS: { readonly [N in TaskName]: TaskDefinition<N> } = {
  ExpandMatrix: {
    input: ['matrix', 'requestedRun', 'execution', 'startedAt'],
    timeoutSeconds: 120,
    retry: 'call',
    errors: [ErrorName.InvalidMatrix, ErrorName.RunAlreadyActive, ErrorName.UnknownPrice, ErrorName.SchemaVersion],
    needs: ['prices', 'quotas', 'executions', 'lease', 'plan:write', 'rows:read', 'purchases:read'],
    phase: 'plan',
  },
  ProvisionCluster: {
    input: ['run', 'cluster', 'deadline'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.ClusterFailed, ErrorName.DeadlinePassed],
    // It lets the others into the cluster, which takes Kubernetes too.
    needs: ['clusters:create', 'kubernetes'],
    phase: 'cluster',
  },
  ProvisionLoadPool: {
    input: ['run', 'cluster', 'deadline'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded],
    needs: ['kubernetes', 'plan:read', 'weights:read', 'lease:read', 'rows:read', 'purchases:write'],
    phase: 'cluster',
  },
  StageModel: {
    input: ['run', 'cluster', 'deadline'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded, ErrorName.DeadlinePassed, ErrorName.EngineFailed],
    needs: ['kubernetes', 'plan:read', 'weights:read', 'lease:read', 'rows:read'],
    phase: 'cluster',
  },
  ProvisionNodePool: {
    input: [...deployment, 'capacity'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded, ErrorName.DeadlinePassed],
    needs: ['kubernetes', 'plan:read', 'lease:read', 'rows:read', 'purchases:write'],
    phase: 'launch',
  },
  DeployModel: {
    input: [...deployment, 'capacity'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded, ErrorName.DeadlinePassed],
    needs: ['kubernetes', 'plan:read', 'lease:read', 'rows:read'],
    phase: 'launch',
  },
  CheckModel: {
    input: [...deployment, 'capacity'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded],
    needs: ['kubernetes', 'plan:read', 'lease:read', 'rows:read'],
    phase: 'load',
  },
  LaunchJob: {
    input: [...deployment, 'node', 'cell'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded, ErrorName.DeadlinePassed, ErrorName.EngineFailed],
    needs: ['kubernetes', 'plan:read', 'lease:read', 'rows:read'],
    phase: 'measure',
  },
  CheckJob: {
    input: [...deployment, 'cell'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [
      ErrorName.DeadlinePassed,
      ErrorName.EngineFailed,
      ErrorName.GeneratorFailed,
      ErrorName.ArtifactsMissing,
      // The uploader's: it has ended.
      ErrorName.StoreFull,
      ErrorName.StoreDenied,
    ],
    needs: ['kubernetes', 'plan:read'],
    phase: 'measure',
  },
  RecordResult: {
    input: [...deployment, 'capacity', 'node', 'cell'],
    timeoutSeconds: 300,
    retry: 'call',
    errors: [ErrorName.EngineFailed, ErrorName.GeneratorFailed, ErrorName.ArtifactsMissing, ErrorName.ArtifactsInvalid],
    needs: ['plan:read', 'artifacts:read', 'rows:write'],
    phase: 'record',
  },
  RecordFailure: {
    input: ['run', 'deployment', 'attempt', 'cells', 'capacity', 'node', 'failure'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [],
    needs: ['plan:read', 'rows:write'],
    phase: 'record',
  },
  ReleaseDeployment: {
    input: [...deployment, 'node', 'failure'],
    timeoutSeconds: 60,
    retry: 'release',
    errors: [],
    needs: ['kubernetes', 'instances', 'plan:read', 'rows:read', 'records:write', 'purchases:write'],
    phase: 'release',
  },
  FinalizeRun: {
    input: ['run', 'execution', 'failure'],
    timeoutSeconds: 300,
    retry: 'release',
    errors: [],
    needs: ['plan:read', 'rows:read', 'rows:write', 'results:write', 'finalized:write', 'lease:read'],
    phase: 'record',
  },
  ReleaseRun: {
    input: ['run', 'execution', 'cluster'],
    timeoutSeconds: 120,
    retry: 'release',
    errors: [],
    needs: [
      'kubernetes',
      'clusters:delete',
      'instances',
      'executions',
      'lease',
      'plan:read',
      'rows:read',
      'records:write',
      'purchases:read',
      'purchases:write',
      'results:write',
    ],
    phase: 'release',
  },
  QueryPricePerformance: {
    input: ['run', 'query'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.QueryFailed],
    needs: ['plan:read', 'sql', 'answers:write'],
    phase: 'answer',
  },
  PublishReport: {
    input: ['run'],
    timeoutSeconds: 120,
    retry: 'call',
    errors: [],
    needs: ['plan:read', 'lease:read', 'rows:read', 'purchases:read', 'answers:read', 'report:write'],
    phase: 'answer',
  },
  Notify: {
    input: ['run', 'status', 'failure', 'cells', 'warnings'],
    timeoutSeconds: 30,
    retry: 'call',
    errors: [],
    needs: ['plan:read', 'rows:read', 'answers:read', 'notify'],
    phase: 'answer',
  },
};

export const TASK_NAMES = Object.keys(TASKS) as TaskName[];
