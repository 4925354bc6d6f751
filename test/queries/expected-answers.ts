import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';

/** The questions answered once more, in another language and another way: by loops over the rows. */

export interface Point {
  /** Any of the repeats: they agree in all axes and in the price. */
  row: CellRow;
  rows: CellRow[];
  tokensPerS: number;
  /** Null where nobody gave a price. */
  usdPerHour: number | null;
  usdPerMillion: number | null;
  latencyAvg: number | null;
  latency: number | null;
  /** Over the repeats whose TTFT is valid. */
  ttft: number | null;
  /** Over all of them: the true one is no longer. */
  ttftAtMost: number | null;
  itl: number | null;
}

/** And whether a GPU stood behind it: what was simulated is never held against what was measured. */
export const WORKLOAD = ['model', 'isl_tokens', 'osl_tokens', 'endpoint', 'streaming', 'dataset', 'simulated'] as const;
const PRICE = [
  'price_usd_per_hour',
  'fee_usd_per_hour',
  'price_source',
  'price_effective_at',
  'capacity_type',
] as const;

export const keyBy = (row: CellRow, names: readonly (keyof CellRow)[]) =>
  JSON.stringify(names.map((name) => row[name]));

function mean(rows: readonly CellRow[], name: keyof CellRow): number | null {
  const values = rows.map((row) => row[name]).filter((value): value is number => value !== null);
  if (values.length === 0) return null;
  // To the places that the queries round to: figures that are equal there are equal here.
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1e9) / 1e9;
}

export function pointsOf(cells: readonly CellRow[], run: string): Point[] {
  const ranked = cells.filter((row) => row.run_id === run && row.valid);
  const load = ['deployment_id', ...WORKLOAD, 'concurrency', 'request_rate_per_s', ...PRICE] as const;
  return [...Map.groupBy(ranked, (row) => keyBy(row, load)).values()].map((rows) => {
    const tokensPerS = mean(rows, 'output_tokens_per_s') ?? 0;
    const { price_usd_per_hour: price, fee_usd_per_hour: fee } = rows[0]!;
    const usdPerHour = price === null || fee === null ? null : price + fee;
    const usdPerMillion = tokensPerS === 0 || usdPerHour === null ? null : (usdPerHour * 1e6) / (3600 * tokensPerS);
    const latency = mean(rows, 'request_latency_p95_ms');
    return {
      row: rows[0]!,
      rows,
      tokensPerS,
      usdPerHour,
      usdPerMillion,
      latencyAvg: mean(rows, 'request_latency_avg_ms'),
      latency,
      ttft: mean(
        rows.filter((row) => row.ttft_valid === true),
        'ttft_p95_ms',
      ),
      ttftAtMost: mean(rows, 'ttft_p95_ms'),
      itl: mean(rows, 'itl_p95_ms'),
    };
  });
}

const bestPerDeployment = (points: readonly Point[], badness: (point: Point) => number): Point[] =>
  [...Map.groupBy(points, ({ rows: [row] }) => keyBy(row!, ['deployment_id', ...WORKLOAD])).values()].map((all) =>
    all.reduce((best, point) => (badness(point) < badness(best) ? point : best)),
  );

/** What can be said of an answer without deciding ties: for each workload and deployment the figure that won. */
export type Winners = Record<string, number | null>;

const winnersOf = (points: readonly Point[], figure: (point: Point) => number | null): Winners =>
  Object.fromEntries(points.map((point) => [keyBy(point.rows[0]!, ['deployment_id', ...WORKLOAD]), figure(point)]));

export const peakTokensPerS = (cells: readonly CellRow[], run: string): Winners =>
  winnersOf(
    bestPerDeployment(pointsOf(cells, run), (point) => -point.tokensPerS),
    (point) => point.tokensPerS,
  );

const cost = (point: Point) => point.usdPerMillion ?? Number.POSITIVE_INFINITY;

export function cheapestWithin(
  cells: readonly CellRow[],
  run: string,
  [latency, ttft, itl]: [number, number, number],
): Winners {
  const meets = (seen: number | null, target: number) => target >= 1e12 || (seen !== null && seen <= target);
  const within = pointsOf(cells, run).filter(
    (point) => meets(point.latency, latency) && meets(point.ttftAtMost, ttft) && meets(point.itl, itl),
  );
  return winnersOf(bestPerDeployment(within, cost), (point) => point.usdPerMillion);
}

export const winnersIn = (answer: readonly SqlRow[], figure: string): Winners =>
  Object.fromEntries(
    answer.map((row) => [
      JSON.stringify(['deployment_id', ...WORKLOAD].map((name) => row[name])),
      row[figure] as number | null,
    ]),
  );

/** Totals of the nodes of a run. */
export function totalsOf(nodes: readonly DeploymentRow[], run: string) {
  const ours = nodes.filter((row) => row.run_id === run);
  const total = (
    name: 'total_usd' | 'measure_usd' | 'idle_usd' | 'node_s' | 'cells_failed' | 'cells_valid' | 'cells_cut',
  ) => ours.reduce((sum, row) => sum + row[name], 0);
  return { nodes: ours.length, total, anySimulated: ours.some((row) => row.simulated) };
}
