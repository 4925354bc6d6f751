import type { CellRow } from '../cell-columns.ts';
import { type LoadPoint, loadPoints } from '../load-points.ts';

/** One load on one deployment, valid in both runs. */
export interface Pair {
  run: LoadPoint;
  baseline: LoadPoint;
}

/** A load that the baseline has figures of, or the run, and that is not compared. */
export interface Left {
  /** Any row of it. */
  row: CellRow;
  reason: string;
  /** The run was to measure it, so that leaving it out hides something. */
  blocks: boolean;
}

/** The loads of both runs that have a cell in common: the same cell has the same id in every run. */
export function pairs(run: readonly CellRow[], baseline: readonly CellRow[]): { pairs: Pair[]; left: Left[] } {
  const before = new Map(loadPoints(baseline).map((point) => [point.key, point]));
  const after = new Map(loadPoints(run).map((point) => [point.key, point]));
  const found: Pair[] = [];
  const left: Left[] = [];
  for (const [key, point] of before) {
    const other = after.get(key);
    if (point.valid.length === 0) {
      if (other !== undefined && other.valid.length > 0) left.push(leave(other, 'not valid in the baseline', false));
    } else if (other === undefined) left.push(leave(point, 'not in the run', false));
    else if (other.valid.length === 0) left.push(leave(other, `in the run ${whyNot(other)}`, true));
    else {
      const obstacle = difference(other, point);
      if (obstacle === undefined) found.push({ run: other, baseline: point });
      else left.push(leave(other, obstacle, true));
    }
  }
  for (const [key, point] of after) {
    if (!before.has(key) && point.valid.length > 0) left.push(leave(point, 'not in the baseline', false));
  }
  return { pairs: found, left };
}

const leave = ({ rows }: LoadPoint, reason: string, blocks: boolean): Left => ({
  row: rows[0] as CellRow,
  reason,
  blocks,
});

function whyNot({ rows }: LoadPoint): string {
  const [row] = rows;
  return row?.status === 'failed' ? `failed: ${row.error_name}` : `not valid: ${row?.invalid_reasons}`;
}

/** What makes two valid figures figures of different things. */
function difference(run: LoadPoint, baseline: LoadPoint): string | undefined {
  const of = (point: LoadPoint, name: 'simulated' | 'generator') => [...new Set(point.valid.map((row) => row[name]))];
  const simulated = [of(run, 'simulated'), of(baseline, 'simulated')].map((values) => values.join(' and '));
  if (simulated[0] !== simulated[1]) return 'simulated in one run and measured in the other';
  const generators = [of(run, 'generator'), of(baseline, 'generator')].map((values) => values.toSorted().join(' and '));
  return generators[0] === generators[1]
    ? undefined
    : `measured by ${generators[0]} in the run and by ${generators[1]} in the baseline`;
}
