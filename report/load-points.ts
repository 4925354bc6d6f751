import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { inverse, type Spread, spreadOf } from './spread.ts';

/** What a deployment did under a load, over the valid repeats: as the view load_points has it, with its rows. */
export interface LoadPoint {
  deployment: string;
  concurrency: number | null;
  requestRate: number | null;
  /** Valid ones, by repeat. */
  rows: readonly CellRow[];
  tokensPerS: Spread;
  /** Of whole requests. */
  latencyP95Ms: Spread | null;
  latencyMeanMs: Spread | null;
  /** Over the repeats whose TTFT is valid. */
  ttftP95Ms: Spread | null;
  itlP95Ms: Spread | null;
  /** Null where nobody knows a price. */
  usdPerHour: number | null;
  /** Null without a price, and where nothing came out. */
  usdPerMillion: Spread | null;
  simulated: boolean;
  /** Whether its engine's timing was scaled from another type or model, not fitted to it. */
  extrapolated: boolean;
}

/** What deployments are compared within: nothing simulated is held against anything measured. */
export interface Workload {
  key: string;
  first: CellRow;
  rows: CellRow[];
  points: LoadPoint[];
}

const WORKLOAD = [
  'model',
  'isl_tokens',
  'osl_tokens',
  'isl_stddev_tokens',
  'osl_stddev_tokens',
  'endpoint',
  'streaming',
  'dataset',
  'simulated',
] as const;

/** Rows of one load point agree in these; those paid at another price are a point of their own. */
const LOAD_POINT = [
  'deployment_id',
  'concurrency',
  'request_rate_per_s',
  'capacity_type',
  'price_usd_per_hour',
  'fee_usd_per_hour',
  'price_source',
  'price_effective_at',
] as const;

const keyBy = (row: CellRow, columns: readonly (keyof CellRow)[]): string =>
  JSON.stringify(columns.map((column) => row[column]));

export function workloadsOf(rows: readonly CellRow[]): Workload[] {
  return [...Map.groupBy(rows, (row) => keyBy(row, WORKLOAD))].map(([key, all]) => ({
    key,
    first: all[0] as CellRow,
    rows: all,
    points: pointsOf(all),
  }));
}

function pointsOf(rows: readonly CellRow[]): LoadPoint[] {
  const groups = Map.groupBy(
    rows.filter(({ valid }) => valid),
    (row) => keyBy(row, LOAD_POINT),
  );
  return [...groups.values()].map(pointOf).sort(byLoad);
}

export const byLoad = (a: Load, b: Load): number =>
  (a.concurrency ?? Infinity) - (b.concurrency ?? Infinity) || (a.requestRate ?? 0) - (b.requestRate ?? 0) || 0;

export type Load = Pick<LoadPoint, 'concurrency' | 'requestRate'>;

const NOTHING: Spread = { mean: 0, count: 0, min: 0, max: 0, low: 0, high: 0, isInterval: false };

function pointOf(unordered: readonly CellRow[]): LoadPoint {
  const rows = unordered.toSorted((a, b) => a.repeat - b.repeat);
  const first = rows[0] as CellRow;
  const usdPerHour =
    first.price_usd_per_hour === null ? null : first.price_usd_per_hour + (first.fee_usd_per_hour ?? 0);
  const tokensPerS = spread(rows, 'output_tokens_per_s') ?? NOTHING;
  return {
    deployment: first.deployment_id,
    concurrency: first.concurrency,
    requestRate: first.request_rate_per_s,
    rows,
    tokensPerS,
    latencyP95Ms: spread(rows, 'request_latency_p95_ms'),
    latencyMeanMs: spread(rows, 'request_latency_avg_ms'),
    ttftP95Ms: spread(
      rows.filter(({ ttft_valid }) => ttft_valid === true),
      'ttft_p95_ms',
    ),
    itlP95Ms: spread(rows, 'itl_p95_ms'),
    usdPerHour,
    usdPerMillion: usdPerHour === null ? null : inverse(tokensPerS, (tokens) => (usdPerHour / (tokens * 3600)) * 1e6),
    simulated: first.simulated,
    extrapolated: rows.some((row) => row.simulator_profile === 'extrapolated'),
  };
}

const spread = (rows: readonly CellRow[], column: keyof CellRow): Spread | null =>
  spreadOf(rows.map((row) => row[column]).filter((value) => typeof value === 'number'));

/**
 * The rows behind an answer: those of the load point whose figures it shows.
 * @param side what stands before the names of its columns, for one of the others that an answer compares with: `dear_`.
 */
export function pointBehind(
  answer: SqlRow,
  workloads: readonly Workload[],
  side: AnswerSide = '',
): LoadPoint | undefined {
  // An answer may be of several that are alike.
  const tokens = Number(answer[`${side}output_tokens_per_s`]) / (side === '' ? Number(answer.instances ?? 1) : 1);
  const agrees = (column: string, value: number | null): boolean =>
    side !== '' || !(column in answer) || answer[column] === value;
  return workloads
    .filter(({ first }) => SHOWN.every((column) => (answer[column] ?? null) === first[column]))
    .flatMap(({ points }) => points)
    .find(
      (point) =>
        point.deployment === answer[`${side}deployment_id`] &&
        agrees('concurrency', point.concurrency) &&
        agrees('request_rate_per_s', point.requestRate) &&
        Math.abs(point.tokensPerS.mean - tokens) <= 1e-6 * Math.max(1, tokens),
    );
}

/** Before the names of the columns that are of another deployment than the one that an answer is of. */
export const ANSWER_SIDES = ['', 'dear_', 'base_'] as const;
export type AnswerSide = (typeof ANSWER_SIDES)[number];

/** Those of the workload's columns that an answer has. */
const SHOWN = ['model', 'isl_tokens', 'osl_tokens', 'endpoint', 'streaming', 'dataset', 'simulated'] as const;
