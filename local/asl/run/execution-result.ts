export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionResult {
  status: ExecutionStatus;
  /** Of a succeeded execution. */
  output?: unknown;
  error?: string;
  cause?: string;
  startedAtMs: number;
  stoppedAtMs: number;
}
