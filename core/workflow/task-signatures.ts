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

/** `pending` asks the machine to wait and call again. */
export interface Pending {
  status: 'pending' | 'done';
}

/** `warnings`: what is not written down about what is gone. Whether it is released does not hang on that. */
export interface Releasing extends Pending {
  warnings: string[];
}

type DeploymentKeys = 'run' | 'cluster' | 'deployment' | 'attempt' | 'deploymentDeadline';

/** What the machine hands to each task, and what it gets back: the keys are names of the machine's variables. */
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
  ReleaseDeployment: { input: Pick<DeploymentScope, DeploymentKeys | 'node' | 'failure'>; output: Pending };
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
