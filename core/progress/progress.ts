import type { Deployment, NodePhase } from '../plan/types.ts';
import { usdPerHour } from '../pricing/quote.ts';
import type { CellCounts, Failure, RunStatus } from '../workflow/payload.ts';
import type { TaskPhase } from '../workflow/tasks.ts';
import type { Cursor } from './history-cursor.ts';

/**
 * What is known of a run from its events. Every part is changed by the events of one execution only, so that
 * it does not matter in which order the histories of a run and of its children are read; what follows from
 * several of them together is derived on reading (overview.ts).
 */
export interface RunProgress {
  readonly run: RunPart;
  /** In the order of the plan. */
  readonly deployments: readonly DeploymentProgress[];
  /** Of the latest event of any execution; 0 before the first. */
  readonly lastEventAtMs: number;
  readonly histories: Histories;
}

export interface RunPart {
  readonly phase: RunPhase;
  /** The state under way. */
  readonly state: string;
  /** When the phase began. */
  readonly sinceMs?: number;
  /** Phases that are over. */
  readonly spans: readonly RunSpan[];
  readonly runId?: string;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly outcome?: RunStatus | 'ABORTED' | 'TIMED_OUT';
  readonly failure?: Failure;
  readonly estimateUsd?: number;
  readonly budgetUsd?: number;
  /** Every deployment that this execution was to measure has been started and has ended. */
  readonly allMeasured: boolean;
  /** When it was proven that nothing of the run is left. */
  readonly releasedAtMs?: number;
  /** As FinalizeRun counted the rows. */
  readonly cells?: CellCounts;
  readonly retries: number;
  readonly lastError?: TaskError;
}

export type RunPhase = TaskPhase | 'ended';

interface RunSpan {
  readonly phase: RunPhase;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a task threw, whether or not a retry mended it. */
export interface TaskError {
  readonly state: string;
  readonly error: string;
  readonly message: string;
}

/** hold: kept for requests by hand; the node is idle as far as the run is concerned. */
export type DeploymentPhase = 'waiting' | NodePhase | 'hold' | 'done';

export interface PhaseSpan {
  readonly phase: NodePhase;
  readonly fromMs: number;
  readonly toMs: number;
  /** $ per hour; 0 while waiting for capacity that never came. */
  readonly usdPerHour: number;
}

export interface DeploymentProgress {
  readonly id: string;
  readonly phase: DeploymentPhase;
  /** When the phase began. */
  readonly sinceMs?: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** Phases that are over. */
  readonly spans: readonly PhaseSpan[];
  /** One per capacity type of the plan, fee included. */
  readonly rates: readonly number[];
  /** Index into rates; -1 when there is no node. */
  readonly capacity: number;
  /** Index of the cell under way; -1 between cells. */
  readonly current: number;
  readonly cells: readonly CellProgress[];
  /** ISO time by which its engine and its node must be gone; part of their names. */
  readonly deadline?: string;
  readonly holdSeconds: number;
  readonly outcome?: 'measured' | 'failed' | 'not-released' | 'aborted';
  readonly failure?: Failure;
  readonly retries: number;
  readonly lastError?: TaskError;
}

/**
 * earlier: an execution before this one has measured it. unreached: the run ended before its turn came, or in the
 * middle of it.
 */
type CellStatus = 'waiting' | 'running' | 'recording' | 'valid' | 'invalid' | 'failed' | 'unreached' | 'earlier';

export interface CellProgress {
  readonly id: string;
  readonly status: CellStatus;
  readonly failure?: Failure;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
}

export interface Histories {
  /** ARN of an execution -> index into cursors. Grows with an execution, not with an event. */
  readonly index: ReadonlyMap<string, number>;
  readonly cursors: readonly Cursor[];
}

export function startProgress(
  planned: readonly Pick<Deployment, 'id' | 'prices' | 'cells' | 'endpoint'>[],
): RunProgress {
  return {
    run: { phase: 'plan', state: '', spans: [], allMeasured: false, retries: 0 },
    deployments: planned.map(({ id, prices, cells, endpoint }) => ({
      id,
      phase: 'waiting',
      spans: [],
      // A server that runs already is not held by the run.
      rates: endpoint === undefined ? prices.map(usdPerHour) : [],
      capacity: 0,
      current: -1,
      holdSeconds: 0,
      cells: cells.map((cell) => ({ id: cell.id, status: 'waiting' })),
      retries: 0,
    })),
    lastEventAtMs: 0,
    histories: { index: new Map(), cursors: [] },
  };
}
