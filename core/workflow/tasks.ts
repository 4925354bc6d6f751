import { ErrorName } from './errors.ts';
import type { TaskInput, TaskName } from './task-signatures.ts';

/** What a task must be able to do; its IAM grants, its VPC and its local binding follow from it. */
export type Need =
  | 'kubernetes'
  | 'clusters:describe'
  | 'clusters:create'
  | 'clusters:delete'
  | 'clusters:disable'
  | 'clusters:end-admin'
  | 'instances'
  | 'prices'
  | 'quotas'
  | 'executions'
  | 'plan:read'
  | 'plan:write'
  | 'lease'
  | 'lease:read'
  | 'lease:announce'
  | 'lease:end'
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
  | 'counted:write'
  | 'told:write'
  | 'answers:read'
  | 'answers:write'
  | 'report:write'
  | 'notify';

/** Which retry policy of the state machine a task runs under (statemachines/retry.ts has the arithmetic). */
export type RetryPolicy = 'call' | 'release';

/** The phase that the live view shows while a task of this kind is under way. */
export type TaskPhase = 'plan' | 'cluster' | 'launch' | 'load' | 'measure' | 'record' | 'release' | 'answer';

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
    errors: [
      ErrorName.InvalidMatrix,
      ErrorName.RunAlreadyActive,
      ErrorName.UnknownPrice,
      ErrorName.SchemaVersion,
      ErrorName.StoreBroken,
    ],
    needs: [
      'prices',
      'quotas',
      'executions',
      'lease',
      'lease:announce',
      'plan:write',
      'rows:read',
      'purchases:read',
      // Whether a dead execution of the run has left nodes.
      'clusters:describe',
      'kubernetes',
      'instances',
    ],
    phase: 'plan',
  },
  ProvisionCluster: {
    input: ['run', 'cluster', 'deadline'],
    timeoutSeconds: 60,
    retry: 'call',
    errors: [ErrorName.RunEnded, ErrorName.ClusterFailed, ErrorName.DeadlinePassed],
    // It lets the others into the cluster, which takes Kubernetes too.
    needs: ['clusters:describe', 'clusters:create', 'kubernetes', 'lease:read'],
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
    needs: ['kubernetes', 'plan:read', 'weights:read', 'lease:read', 'rows:read', 'records:write'],
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
    needs: ['kubernetes', 'plan:read', 'lease:read', 'rows:read', 'records:write'],
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
    needs: ['kubernetes', 'plan:read', 'lease:read', 'records:write'],
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
    needs: [
      'clusters:describe',
      'kubernetes',
      'instances',
      'plan:read',
      'lease:read',
      'rows:read',
      'records:write',
      'purchases:write',
    ],
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
      'clusters:describe',
      'kubernetes',
      'clusters:delete',
      'instances',
      'executions',
      'lease',
      'lease:end',
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
    needs: ['plan:read', 'rows:read', 'answers:read', 'counted:write', 'told:write', 'notify'],
    phase: 'answer',
  },
};

export const TASK_NAMES = Object.keys(TASKS) as TaskName[];
