import type { Failure } from '../workflow/payload.ts';

/** Whether an execution that holds a lease is still alive. */
export interface Executions {
  /** False when it has ended, was stopped, or nobody knows it. */
  isRunning(execution: string): Promise<boolean>;
}

/** Why an execution has ended: its error and its cause, both empty where it says none. */
export interface EndedExecutions {
  why(execution: string): Promise<Failure>;
}
