import type { CellRow } from '../cell-columns.ts';
import { type LoadPoint, loadPoints, METRIC_NAMES, METRICS, type Metric } from '../load-points.ts';

/** One load on one deployment, valid in both runs. */
export interface Pair {
  run: LoadPoint;
  baseline: LoadPoint;
}

/** What the baseline has figures of, or the run, and that is not compared: a load, a figure or some repeats of it. */
export interface Left {
  /** Any row of the load. */
  row: CellRow;
  /** Of the figure that is not compared, where the others of the load are. */
  metric?: Metric;
  reason: string;
  /** The run was to measure it, so that leaving it out hides something. */
  blocks: boolean;
}

/**
 * The loads of both runs that have a cell in common: the same cell has the same id in every run.
 * @param asked ids of the cells that the run was to measure, whether or not it has a row of them.
 */
export function pairs(
  run: readonly CellRow[],
  baseline: readonly CellRow[],
  asked: ReadonlySet<string> = new Set(),
): { pairs: Pair[]; left: Left[] } {
  const before = new Map(loadPoints(baseline).map((point) => [point.key, point]));
  const after = new Map(loadPoints(run).map((point) => [point.key, point]));
  const found: Pair[] = [];
  const left: Left[] = [];
  for (const [key, point] of before) {
    const other = after.get(key);
    if (point.valid.length === 0) {
      if (other !== undefined && other.valid.length > 0) left.push(leave(other, 'not valid in the baseline', false));
    } else if (other === undefined) {
      const lost = point.rows.some(({ cell_id }) => asked.has(cell_id));
      left.push(leave(point, lost ? 'the run was to measure it, and has no row of it' : 'not in the run', lost));
    } else if (other.valid.length === 0) left.push(leave(other, `in the run ${whyNot(other)}`, true));
    else {
      const obstacle = difference(other, point);
      if (obstacle === undefined) {
        found.push({ run: other, baseline: point });
        left.push(...lostRepeats(other, point), ...lostFigures(other, point));
      } else left.push(leave(other, obstacle, true));
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

const whyNot = ({ rows }: LoadPoint): string => rows.filter(({ valid }) => !valid).map(whyNotRow)[0] ?? '';

const whyNotRow = (row: CellRow): string =>
  row.status === 'failed' ? `failed: ${row.error_name}` : `not valid: ${row.invalid_reasons}`;

/** Repeats that survive may be the good ones: what became of the others is part of the change. */
function lostRepeats(run: LoadPoint, baseline: LoadPoint): Left[] {
  const lost = run.rows.length - run.valid.length;
  if (lost === 0 || run.valid.length >= baseline.valid.length) return [];
  return [leave(run, `${lost} of its ${run.rows.length} repeats, in the run ${whyNot(run)}`, true)];
}

/** A figure that the run no longer has, or that may no longer be ranked, did not get better for that. */
const lostFigures = (run: LoadPoint, baseline: LoadPoint): Left[] =>
  METRIC_NAMES.filter((metric) => baseline.metrics[metric] !== undefined && run.metrics[metric] === undefined).map(
    (metric) => ({ ...leave(run, `its ${METRICS[metric].name}, ${whyNoFigure(run, metric)}`, true), metric }),
  );

function whyNoFigure({ valid }: LoadPoint, metric: Metric): string {
  const judged = valid.find((row) => metric === 'ttft_p95_ms' && row.ttft_p95_ms !== null && row.ttft_valid !== true);
  return judged === undefined
    ? 'which the run did not measure'
    : `which in the run is not valid${judged.ttft_invalid_reasons === null ? '' : `: ${judged.ttft_invalid_reasons}`}`;
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
