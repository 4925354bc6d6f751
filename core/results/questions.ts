import type { Slo } from '../plan/types.ts';
import type { SqlValue } from '../ports/sql.ts';
import { parseQueryFile, type QueryFile } from './query-file.ts';

/** In the order in which they are created: a view may read those before it. */
export const VIEWS = ['latest_cells', 'load_points'] as const;

/** In the order in which a report answers them. */
export const QUESTIONS = ['price-performance', 'low-latency', 'run-cost', 'cells'] as const;

export type QuestionName = (typeof QUESTIONS)[number];

export interface Queries {
  views: QueryFile[];
  questions: Record<QuestionName, QueryFile>;
}

/** @param read gives the text of a file of queries/, by its path in there. */
export function readQueries(read: (path: string) => string): Queries {
  return {
    views: VIEWS.map((name) => parseQueryFile(name, read(`views/${name}.sql`))),
    questions: Object.fromEntries(QUESTIONS.map((name) => [name, parseQueryFile(name, read(`${name}.sql`))])) as Record<
      QuestionName,
      QueryFile
    >,
  };
}

/** Stands in low-latency.sql for a latency that has no target. */
const NO_TARGET_MS = 1e12;

/** The values for a question's `?`, in order. */
export function parametersOf(question: QuestionName, run: string, slo: Slo): SqlValue[] {
  if (question !== 'low-latency') return [run];
  const targets = [slo.requestLatencyP95Ms, slo.ttftP95Ms, slo.itlP95Ms];
  return [run, ...targets.map((target) => target ?? NO_TARGET_MS)];
}
