/** Whether an execution that holds a lease is still alive. */
export interface Executions {
  /** False when it has ended, was stopped, or nobody knows it. */
  isRunning(execution: string): Promise<boolean>;
}
