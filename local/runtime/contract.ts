import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import type { RunStatus } from '#core/workflow/payload.ts';

export interface LocalRunOptions {
  matrix: unknown;
  /** Names the run, or resumes it. Made from the matrix's name and the time when left out. */
  run?: string;
  /** The store's folder: results, artifacts, answers. */
  storeDir: string;
  /** process: real load generator and simulated engines; virtual: nothing is started, time is simulated. */
  kubelet: 'process' | 'virtual';
  /** Every event of the execution and of its children, as it happens. */
  onEvent?: (event: ExecutionEvent) => void;
  /** What is being prepared before the execution starts (the generator's environment), for people. */
  onProgress?: (message: string) => void;
  /** Aborted while it is being prepared: the execution is not started, and the start rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface LocalRunResult {
  /** ABORTED: stopped; what had been measured is recorded, and everything is released. */
  status: RunStatus | 'ABORTED';
  run: string;
  /** Set unless SUCCEEDED or PARTIAL. */
  error?: string;
  cause?: string;
  warnings: string[];
  reportKey: string;
  /** Instances (simulated ones, locally) still there at the end: 0 unless something is badly wrong. */
  nodesLeft: number;
  startedAtMs: number;
  endedAtMs: number;
  transitions: number;
  /** It ended before its plan was stored: there is nothing to resume. */
  neverPlanned?: true;
}

export interface LocalRun {
  done: Promise<LocalRunResult>;
  /** Where this machine reaches a deployment's engine while it is up. */
  engineUrl(at: { cluster: string; deployment: string; deadline: string }): string;
  /** Stops the execution and releases everything of the run; `done` settles when it is gone. */
  stop(reason: string): void;
}

export interface RehearsalOptions extends Pick<LocalRunOptions, 'matrix' | 'onEvent'> {
  run: string;
  /** Aborted: the rehearsal ends at once, and rejects with the signal's reason. */
  signal: AbortSignal;
}

/** The same machine and tasks in virtual time, with nothing behind them. */
export type Rehearse = (options: RehearsalOptions) => Promise<LocalRunResult>;

export type StartLocalRun = (options: LocalRunOptions) => Promise<LocalRun>;
