import type { Slo } from '../plan/types.ts';
import type { SqlValue } from '../ports/sql.ts';
import { parseQueryFile, type QueryFile } from './query-file.ts';

/** In the order in which they are created: a view may read those before it. */
export const VIEWS = ['cell_attempts', 'latest_cells', 'load_points', 'peaks'] as const;

/** Asked of every run, in the order in which a report answers them: the run and its targets are all they need. */
export const QUESTIONS = [
  'price-performance',
  'low-latency',
  'pareto',
  'lowest-latency',
  'alternatives',
  'scaling',
  'stranded-gpus',
  'repeats',
  'run-cost',
  'cells',
] as const;

/** Asked by people, who say what no run knows: a load to serve, another run, a deployment. */
const FURTHER_QUESTIONS = ['fleet', 'baseline', 'history'] as const;

export const ALL_QUESTIONS = [...QUESTIONS, ...FURTHER_QUESTIONS] as const;

/** Of those that every run is asked. */
export type RunQuestionName = (typeof QUESTIONS)[number];
export type QuestionName = (typeof ALL_QUESTIONS)[number];

export interface Queries {
  views: QueryFile[];
  questions: Record<QuestionName, QueryFile>;
}

/** @param read gives the text of a file of queries/, by its path in there. */
export function readQueries(read: (path: string) => string): Queries {
  return {
    views: VIEWS.map((name) => parseQueryFile(name, read(`views/${name}.sql`))),
    questions: Object.fromEntries(
      ALL_QUESTIONS.map((name) => [name, parseQueryFile(name, read(`${name}.sql`))]),
    ) as Record<QuestionName, QueryFile>,
  };
}

/** Stands for a latency that has no target. */
const NO_TARGET_MS = 1e12;

/** What says which run is asked, and where its rows lie: nobody is to give one without the other. */
export const RUN_PARAMETERS = ['run_id', 'dt'] as const;

/** What the others of a question's parameters that are the day of a run are derived from. */
export const DAY_OF: Readonly<Record<string, string>> = { baseline_dt: 'baseline_run_id' };

/** As a date that stands before and after all others, as text. */
const ALL_DAYS = { from: '0000-01-01', to: '9999-12-31' };

export interface AskedRun {
  run: string;
  /** Of its plan, UTC: the partition that has its rows. */
  day: string;
  slo: Slo;
}

/**
 * What a run says of the parameters of questions, by their names: undefined for one that only people know, which
 * the questions asked of every run do not have.
 */
export function parametersOf(question: QueryFile, { run, day, slo }: AskedRun): (SqlValue | undefined)[] {
  const known: Record<string, SqlValue> = {
    run_id: run,
    dt: day,
    from_dt: ALL_DAYS.from,
    to_dt: ALL_DAYS.to,
    request_latency_p95_ms: slo.requestLatencyP95Ms ?? NO_TARGET_MS,
    ttft_p95_ms: slo.ttftP95Ms ?? NO_TARGET_MS,
    itl_p95_ms: slo.itlP95Ms ?? NO_TARGET_MS,
  };
  return question.parameters.map(({ name }) => known[name]);
}
