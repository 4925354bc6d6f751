import type { CellRow } from '../cell-columns.ts';
import { type LoadPoint, loadPoints, valuesOf } from '../load-points.ts';
import { meanOf } from '../statistics/interval.ts';

/** The cheapest deployment of a workload at its peak, as price-performance answers it. */
export interface Best {
  workload: string;
  point: LoadPoint;
  /** Its valid repeats at one price: repeats at another are another figure. */
  rows: readonly CellRow[];
  /** usd_per_hour / (mean of output_tokens_per_s x 3600) x 10^6, as load_points.sql has it. */
  usdPerMillion: number;
  /** What each repeat alone would give. */
  usdPerMillionByRepeat: readonly number[];
  /** Price and fee. */
  usdPerHour: number;
}

/** For each workload (model, lengths, endpoint, streaming, dataset); one without a price has none. */
export function bestOf(rows: readonly CellRow[]): Map<string, Best> {
  const best = new Map<string, Best>();
  for (const peak of peaksOf(rows)) {
    const here = costOf(peak);
    if (here === undefined) continue;
    const before = best.get(here.workload);
    if (before === undefined || here.usdPerMillion < before.usdPerMillion) best.set(here.workload, here);
  }
  return best;
}

/** Valid repeats of one load at one price. */
interface Priced {
  point: LoadPoint;
  rows: readonly CellRow[];
  tokensPerS: number;
  /** Null without a price. */
  usdPerHour: number | null;
}

/** Of each deployment and workload, where it gives the most tokens per second; of equals the cheapest. */
function peaksOf(rows: readonly CellRow[]): Iterable<Priced> {
  const peaks = new Map<string, Priced>();
  for (const here of loadPoints(rows).flatMap(byPrice)) {
    const [row] = here.rows as [CellRow];
    const deployment = JSON.stringify([row.deployment_id, workloadOf(row)]);
    const before = peaks.get(deployment);
    if (before === undefined || isHigher(here, before)) peaks.set(deployment, here);
  }
  return peaks.values();
}

const byPrice = (point: LoadPoint): Priced[] =>
  [...Map.groupBy(point.valid, priceOf).values()].flatMap((rows) => {
    const tokensPerS = valuesOf(rows, 'output_tokens_per_s');
    return tokensPerS.length === 0
      ? []
      : [{ point, rows, tokensPerS: meanOf(tokensPerS), usdPerHour: usdPerHour(rows[0] as CellRow) }];
  });

const isHigher = (here: Priced, before: Priced): boolean =>
  here.tokensPerS > before.tokensPerS ||
  (here.tokensPerS === before.tokensPerS && (here.usdPerHour ?? Infinity) < (before.usdPerHour ?? Infinity));

function costOf({ point, rows, tokensPerS, usdPerHour: hourly }: Priced): Best | undefined {
  if (hourly === null) return undefined;
  const perMillion = (rate: number) => (hourly / (rate * 3600)) * 1e6;
  return {
    workload: workloadOf(rows[0] as CellRow),
    point,
    rows,
    usdPerMillion: perMillion(tokensPerS),
    usdPerMillionByRepeat: valuesOf(rows, 'output_tokens_per_s').map(perMillion),
    usdPerHour: hourly,
  };
}

const usdPerHour = ({ price_usd_per_hour: price, fee_usd_per_hour: fee }: CellRow): number | null =>
  price === null || price + (fee ?? 0) <= 0 ? null : price + (fee ?? 0);

const priceOf = (row: CellRow): string =>
  JSON.stringify([
    row.region,
    row.capacity_type,
    row.price_usd_per_hour,
    row.fee_usd_per_hour,
    row.price_source,
    row.price_effective_at,
  ]);

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
