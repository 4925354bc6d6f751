import type { CellRow } from './cell-columns.ts';
import { type Summary, summarize } from './statistics/interval.ts';

/** What is compared between repeats and between runs. */
export const METRICS = {
  output_tokens_per_s: { name: 'output tokens/s', better: 'more', maxSpread: 0.1 },
  request_latency_p95_ms: { name: 'p95 latency', better: 'less', maxSpread: 0.25 },
  ttft_p95_ms: { name: 'p95 TTFT', better: 'less', maxSpread: 0.25 },
} as const;

export type Metric = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as Metric[];

/** All repeats of one load on one deployment, in one run. */
export interface LoadPoint {
  /** Of the deployment and every load axis: the same in every run. */
  key: string;
  /** Every row, in the order of the repeats. */
  rows: readonly CellRow[];
  /** Those that may be ranked. */
  valid: readonly CellRow[];
  /** Over the valid repeats; absent where it was not measured. */
  metrics: Partial<Record<Metric, Summary>>;
  /** In which the repeats disagree: (highest - lowest) / mean above the metric's bound. */
  disagreements: readonly Metric[];
}

/** One for each load, in the order of the rows; of several attempts at a cell the best counts. */
export function loadPoints(rows: readonly CellRow[]): LoadPoint[] {
  return [...Map.groupBy(bestAttempts(rows), keyOf)].map(([key, unsorted]) => {
    const repeats = unsorted.toSorted((a, b) => a.repeat - b.repeat);
    const valid = repeats.filter((row) => row.valid);
    const metrics: LoadPoint['metrics'] = {};
    for (const metric of METRIC_NAMES) {
      const summary = summarize(valuesOf(valid, metric));
      if (summary !== undefined) metrics[metric] = summary;
    }
    return { key, rows: repeats, valid, metrics, disagreements: METRIC_NAMES.filter((one) => disagree(metrics, one)) };
  });
}

/** The figures of a metric that there are and that may be ranked (a TTFT is judged by itself); a logarithm needs them above 0, and none of them can be 0. */
export const valuesOf = (rows: readonly CellRow[], metric: Metric): number[] =>
  rows.flatMap((row) => {
    const value = metric === 'ttft_p95_ms' && row.ttft_valid !== true ? null : row[metric];
    return value !== null && value > 0 ? [value] : [];
  });

/**
 * Of repeats that scatter by 2 % about one mean, 1 in 1,000 sets of three spreads by more than 10 %, and 1 in 240 sets
 * of five (bench/compare.ts): beyond it something else was different.
 */
function disagree(metrics: LoadPoint['metrics'], metric: Metric): boolean {
  const summary = metrics[metric];
  return summary !== undefined && (summary.max - summary.min) / summary.mean > METRICS[metric].maxSpread;
}

const keyOf = (row: CellRow): string =>
  JSON.stringify([
    row.deployment_id,
    row.concurrency,
    row.request_rate_per_s,
    row.isl_tokens,
    row.isl_stddev_tokens,
    row.osl_tokens,
    row.osl_stddev_tokens,
    row.endpoint,
    row.streaming,
    row.dataset,
  ]);

function bestAttempts(rows: readonly CellRow[]): CellRow[] {
  const best = new Map<string, CellRow>();
  for (const row of rows) {
    const before = best.get(row.cell_id);
    if (
      before === undefined ||
      Number(row.valid) > Number(before.valid) ||
      (row.valid === before.valid && row.attempt > before.attempt)
    ) {
      best.set(row.cell_id, row);
    }
  }
  return [...best.values()];
}
