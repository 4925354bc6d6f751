import type { Spending } from '../plan/spending.ts';

/**
 * What travels through the state machine: one type per scope, whose keys are the names of the machine's
 * variables. A task's input is a `Pick<>` of these (tasks.ts), and paths in the ASL are linted against them.
 */

/** What a caller starts an execution with. */
export interface ExecutionInput {
  /** The benchmark matrix, as in matrix.schema.json; checked by ExpandMatrix. */
  matrix: unknown;
  /** Names the run, or resumes it; made from the execution's name when left out. */
  run?: string;
}

export interface ClusterTarget {
  name: string;
  /** Kubernetes minor version used when the cluster is created. */
  version: string;
  /** Delete the cluster at the end, if it is ours and nobody else's lease lives on it. */
  ephemeral: boolean;
}

/** An error that a Catch saw, kept for the rows and the end of the run. */
export interface Failure {
  error: string;
  cause: string;
}

/** Variables of the whole run. */
export interface RunScope {
  matrix: unknown;
  requestedRun: string;
  /** ARN of the execution: the owner of the run's lease. */
  execution: string;
  /** ISO time at which the execution started. */
  startedAt: string;
  run: string;
  /** How many executions have worked on this run, this one included; the attempt of its cells. */
  attempt: number;
  cluster: ClusterTarget;
  /** ISO time by which everything of the run must be gone. */
  deadline: string;
  withinBudget: boolean;
  estimateUsd: number;
  /** What is left of the whole budget for this execution. */
  budgetUsd: number;
  /** Of it, by the executions before. */
  spent: Spending;
  deploymentCount: number;
  maxConcurrency: number;
  deploymentsKey: string;
  clusterPollSeconds: number;
  stagePollSeconds: number;
  releasePollSeconds: number;
  failure: Failure;
  status: RunStatus;
  cells: CellCounts;
  /** What QueryPricePerformance has under way; handed back to it until it is done. */
  query: QueryProgress;
  reportKey: string;
  warnings: string[];
}

export type RunStatus = 'SUCCEEDED' | 'PARTIAL' | 'FAILED';

export interface CellCounts {
  total: number;
  valid: number;
  invalid: number;
  failed: number;
}

export interface QueryProgress {
  /** Index of the stage under way: each view is one, since the next may read it; all questions are the last. */
  stage: number;
  /** Ids of the stage's statements under way; none before they are started. */
  queryIds: string[];
}

/** One item of the Distributed Map: read from the store, so kept small. */
export interface DeploymentItem {
  deployment: string;
  maxSeconds: number;
  /** How long the engine stays up after its last cell; 0 for none. */
  holdSeconds: number;
  modelPollSeconds: number;
  cellPollSeconds: number;
  releasePollSeconds: number;
  cells: CellItem[];
}

export interface CellItem {
  cell: string;
}

/** Variables of a deployment's child execution. A Distributed Map sees no outer variable: all come by its ItemSelector. */
export interface DeploymentScope extends Pick<RunScope, 'run' | 'attempt' | 'cluster' | 'failure'> {
  deployment: string;
  cells: CellItem[];
  maxSeconds: number;
  holdSeconds: number;
  modelPollSeconds: number;
  cellPollSeconds: number;
  releasePollSeconds: number;
  /** ISO time by which the engine and its node must be gone; part of their names. */
  deploymentDeadline: string;
  /** Index into the deployment's capacityTypes. */
  capacity: number;
  node: NodeFacts;
  outcome: DeploymentOutcome;
}

export type DeploymentOutcome = 'measured' | 'failed' | 'not-released';

/** Where the engine landed; goes into every row. */
export interface NodeFacts {
  zone: string;
  capacityType: string;
  instanceId: string;
  /** True where no GPU stood behind the engine: says so in every row and picture. */
  simulated: boolean;
  engineVersion: string;
}

/** Variables of one turn of the map over cells; it sees those of its deployment too. */
export interface CellScope {
  cell: string;
  cellFailure: Failure;
}
