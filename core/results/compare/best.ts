import type { CellRow } from '../cell-columns.ts';
import { type LoadPoint, loadPoints, valuesOf } from '../load-points.ts';

/** The cheapest deployment of a workload at its peak, as price-performance answers it. */
export interface Best {
  workload: string;
  point: LoadPoint;
  /** Of the valid repeats, each at its own price and fee. */
  usdPerMillion: number[];
  /** Price and fee. */
  usdPerHour: number;
}

/** For each workload (model, lengths, endpoint, streaming, dataset); one without a price has none. */
export function bestOf(rows: readonly CellRow[]): Map<string, Best> {
  const peaks = new Map<string, LoadPoint>();
  for (const point of loadPoints(rows)) {
    const [row] = point.valid;
    if (row === undefined) continue;
    const deployment = JSON.stringify([row.deployment_id, workloadOf(row)]);
    const before = peaks.get(deployment);
    if (before === undefined || throughput(point) > throughput(before)) peaks.set(deployment, point);
  }
  const best = new Map<string, Best>();
  for (const point of peaks.values()) {
    const row = point.valid[0] as CellRow;
    const usdPerMillion = point.valid.flatMap(costOf);
    if (usdPerMillion.length === 0) continue;
    const workload = workloadOf(row);
    const here: Best = { workload, point, usdPerMillion, usdPerHour: usdPerHour(row) ?? Number.NaN };
    const before = best.get(workload);
    if (before === undefined || mean(usdPerMillion) < mean(before.usdPerMillion)) best.set(workload, here);
  }
  return best;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const throughput = ({ metrics }: LoadPoint): number => metrics.output_tokens_per_s?.mean ?? 0;

const usdPerHour = ({ price_usd_per_hour: price, fee_usd_per_hour: fee }: CellRow): number | null =>
  price === null || price + (fee ?? 0) <= 0 ? null : price + (fee ?? 0);

function costOf(row: CellRow): number[] {
  const hourly = usdPerHour(row);
  const [tokensPerS] = valuesOf([row], 'output_tokens_per_s');
  return hourly === null || tokensPerS === undefined ? [] : [(hourly / (tokensPerS * 3600)) * 1e6];
}

const workloadOf = (row: CellRow): string =>
  JSON.stringify([
    row.model,
    row.isl_tokens,
    row.isl_stddev_tokens,
    row.osl_tokens,
    row.osl_stddev_tokens,
    row.endpoint,
    row.streaming,
    row.dataset,
  ]);
