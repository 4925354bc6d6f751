import type { PlannedBefore } from '#core/plan/resume.ts';
import type { Spending } from '#core/plan/spending.ts';
import type { Slo } from '#core/plan/types.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { QuestionName } from '#core/results/questions.ts';
import type { CellCounts, RunStatus } from '#core/workflow/payload.ts';

/** What the command line reads of a store. */
export interface Results {
  /** By their latest execution, the latest first: a run that was resumed is the last that somebody worked on. */
  runs(): Promise<RunSummary[]>;
  /** What resuming a run starts from; undefined when the store does not have the run. */
  started(run: string): Promise<StartedRun | undefined>;
  /** What the machine answered at the end of a run, by question. */
  answers(run: string): Promise<ReadonlyMap<string, readonly SqlRow[]>>;
  /** What a run was to measure and what became of it; undefined when the store does not have the run. */
  measured(run: string): Promise<MeasuredRun | undefined>;
  ask(question: QuestionName, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /**
   * The report of a run: written anew, from what a store on this machine has, after asking what the run was never
   * answered; a copy of what the run itself wrote, from a bucket.
   * @returns where it is on this machine.
   */
  report(run: string): Promise<string>;
  /** Where a person finds what is under a key. */
  locate(key: string): string;
  close(): void;
}

export interface MeasuredRun {
  /** Of every cell that had its turn, measured or not. */
  rows: readonly CellRow[];
  /** Ids of the cells of its plan. */
  asked: ReadonlySet<string>;
  ended: boolean;
  status: RunSummary['status'];
}

export interface RunSummary {
  run: string;
  name: string;
  /** ISO time of the first execution. */
  startedAt: string;
  /** ISO time of the latest one, which resumed the run unless it is the first. */
  lastStartedAt: string;
  /** How often the run was started: once, and once more each time it was resumed. */
  executions: number;
  /**
   * UNFINISHED: under way, or it lost its orchestrator and can be resumed. ABORTED: stopped before every cell had
   * its turn, as the run itself said when it ended. UNREADABLE: what the store has of it is broken, or of another
   * version; then nothing else is known of it.
   */
  status: RunStatus | 'ABORTED' | 'UNFINISHED' | 'UNREADABLE';
  /** What cannot be read, and where it is. */
  unreadable?: string;
  cells: CellCounts;
  /** Null when nothing was measured. */
  simulated: boolean | null;
  /** Whether the timing of some of its engines was scaled from others, not fitted to measurements; null as before. */
  extrapolated: boolean | null;
}

export interface StartedRun {
  matrix: unknown;
  slo: Slo;
  /** Of its plan: where its rows lie. */
  day: string;
  measuredCells: ReadonlySet<string>;
  /** By its latest execution: what the next one must not change. */
  planned: PlannedBefore;
  /** Of its budget, by the executions so far. */
  spent: Spending;
}
