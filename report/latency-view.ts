import type { LoadPoint } from './load-points.ts';
import type { Spread } from './spread.ts';

/** Which latency the figures of a workload are of: the p95, or the mean where a point came without a p95. */
export interface LatencyView {
  statistic: 'p95' | 'mean';
  of(point: LoadPoint): Spread | null;
}

export const latencyViewOf = (points: readonly LoadPoint[]): LatencyView =>
  points.every(({ latencyP95Ms }) => latencyP95Ms !== null)
    ? { statistic: 'p95', of: ({ latencyP95Ms }) => latencyP95Ms }
    : { statistic: 'mean', of: ({ latencyMeanMs }) => latencyMeanMs };

/** Points that no other beats in both latency and dollars for a million tokens, the fastest first. */
export function frontierOf(points: readonly LoadPoint[], view: LatencyView): LoadPoint[] {
  const cost = ({ usdPerMillion }: LoadPoint): number => usdPerMillion?.mean ?? Infinity;
  const latency = (point: LoadPoint): number => view.of(point)?.mean ?? Infinity;
  const fastestFirst = points
    .filter((point) => point.usdPerMillion !== null && view.of(point) !== null)
    .sort((a, b) => latency(a) - latency(b) || cost(a) - cost(b));
  let cheapest = Infinity;
  return fastestFirst.filter((point) => {
    if (cost(point) >= cheapest) return false;
    cheapest = cost(point);
    return true;
  });
}
