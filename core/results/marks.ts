import type { SqlRow } from '../ports/sql.ts';
import type { CellRow } from './cell-columns.ts';

/**
 * What must stand beside figures behind which there was no GPU, wherever they are shown. Extrapolated ones come of
 * an engine model outside of what it was fitted to: no measurement stands behind them, not even in part.
 */
export type Mark = (typeof MARKS)[number];

/** The milder one first; the last of those that hold says all. */
const MARKS = ['SIMULATED', 'EXTRAPOLATED'] as const;

/** Of whatever says so of itself: a row of an answer, a load point, a run. */
export interface Marked {
  simulated?: SqlRow[string] | undefined;
  extrapolated?: SqlRow[string] | undefined;
}

export function marksOf(one: Marked): Mark[] {
  if (one.simulated !== true) return [];
  return extrapolatedSides(one as SqlRow).length > 0 ? [...MARKS] : ['SIMULATED'];
}

/** Of all of them together: a picture that has one of them bears its mark. */
export const allMarks = (all: readonly Marked[]): Mark[] =>
  MARKS.filter((mark) => all.some((one) => marksOf(one).includes(mark)));

const EXTRAPOLATED = /^(.*_|)extrapolated$/;

/**
 * An answer that compares two deployments has two such columns, with what they are of before the name: `dear_`.
 * @returns the prefixes of those that are; an empty one for the deployment that the row is of.
 */
export const extrapolatedSides = (row: SqlRow): string[] =>
  Object.keys(row).flatMap((name) => {
    const prefix = EXTRAPOLATED.exec(name)?.[1];
    return prefix === undefined || row[name] !== true ? [] : [prefix];
  });

/**
 * The deployments of a run whose engine's timing was extrapolated, as queries/views/cell_attempts.sql has it: an
 * engine is the deployment's, so what one of its cells says holds for those that failed before they could say it.
 */
export const extrapolatedDeployments = (rows: readonly CellRow[]): ReadonlySet<string> =>
  new Set(rows.filter((row) => row.simulator_profile === 'extrapolated').map((row) => row.deployment_id));
