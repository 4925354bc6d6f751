import type { SqlRow } from '#core/ports/sql.ts';
import { allMarks, extrapolatedSides, marksOf } from '#core/results/marks.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';

/** Goes with every table that has figures of engines without a GPU. */
const SIMULATED = 'SIMULATED: no GPU stood behind these engines. They show how the product works, not what a GPU does.';

/**
 * Below a table: what in it was simulated, and for which of it no measurement was there to simulate by.
 * @param eachMarked whether its lines say so themselves, since not all of them are.
 */
export function simulatedLines(
  rows: readonly SqlRow[],
  { width, paint }: { width: number; paint: Paint },
  eachMarked = false,
): string[] {
  const marks = allMarks(rows);
  if (marks.length === 0) return [];
  const which = new Set(rows.flatMap((row) => extrapolatedSides(row).flatMap((side) => deployment(row, side))));
  const of = which.size === 0 ? 'some of them' : [...which].join(', ');
  const simulated =
    eachMarked && rows.some((row) => marksOf(row).length === 0) ? `Lines marked so are ${SIMULATED}` : SIMULATED;
  const text = marks.includes('EXTRAPOLATED')
    ? `${simulated} EXTRAPOLATED, with no measurement of them behind it: ${of}.`
    : simulated;
  return wrapped(oneLine(text), width).map((line) => paint('yellow', line));
}

/** A total has none. */
function deployment(row: SqlRow, side: string): string[] {
  const [type, parallel] = [row[`${side}instance_type`], row[`${side}tensor_parallel`]];
  return typeof type !== 'string' ? [] : [typeof parallel === 'number' ? `${type} TP=${parallel}` : type];
}
