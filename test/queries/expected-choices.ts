import type { CellRow } from '#core/results/cell-columns.ts';
import { keyBy, type Point, pointsOf, WORKLOAD } from './expected-answers.ts';

/** What to choose, computed by comparing everything with everything. */

const workloadOf = (point: Point) => keyBy(point.row, WORKLOAD);
const deploymentOf = (point: Point) => keyBy(point.row, ['deployment_id', ...WORKLOAD]);
const perUsd = (point: Point) => (point.usdPerHour === null ? null : point.tokensPerS / point.usdPerHour);

/** The least of a list by several figures in turn, null as the greatest. */
function first<T>(all: readonly T[], ...by: ((one: T) => number | null)[]): T {
  const figures = (one: T) => by.map((figure) => figure(one) ?? Number.POSITIVE_INFINITY);
  const order = (a: T, b: T) => {
    const [left, right] = [figures(a), figures(b)];
    const index = left.findIndex((value, at) => value !== right[at]);
    return index < 0 ? 0 : left[index]! < right[index]! ? -1 : 1;
  };
  return [...all].sort(order)[0]!;
}

export function unbeaten(cells: readonly CellRow[], run: string): Point[] {
  const candidates = pointsOf(cells, run).filter((point) => point.latency !== null && perUsd(point) !== null);
  const beats = (a: Point, b: Point) =>
    workloadOf(a) === workloadOf(b) &&
    a.latency! <= b.latency! &&
    perUsd(a)! >= perUsd(b)! &&
    (a.latency! < b.latency! || perUsd(a)! > perUsd(b)!);
  return candidates.filter((point) => !candidates.some((other) => beats(other, point)));
}

const perDeployment = (points: readonly Point[], ...by: ((point: Point) => number | null)[]): Point[] =>
  [...Map.groupBy(points, deploymentOf).values()].map((all) => first(all, ...by));

export const peaksOf = (cells: readonly CellRow[], run: string): Point[] =>
  perDeployment(
    pointsOf(cells, run),
    (point) => -point.tokensPerS,
    (point) => point.usdPerHour,
    ({ row }) => row.concurrency,
  );

export const fastestOf = (cells: readonly CellRow[], run: string): Point[] =>
  perDeployment(
    pointsOf(cells, run).filter((point) => point.latencyAvg !== null),
    (point) => point.latencyAvg,
  );

const RULES: Record<string, (dear: Point, cheap: Point) => number> = {
  // The most that still fit, found by trying.
  'fits-price': (dear, cheap) => {
    let count = 0;
    while ((count + 1) * cheap.usdPerHour! <= dear.usdPerHour! + 1e-5 * cheap.usdPerHour!) count += 1;
    return count;
  },
  'nearest-price': (dear, cheap) => {
    const off = (count: number) => Math.abs(count * cheap.usdPerHour! - dear.usdPerHour!);
    let count = 1;
    while (off(count + 1) <= off(count)) count += 1;
    return count;
  },
  'same-gpus': (dear, cheap) => {
    let count = 1;
    while (count * cheap.row.gpu_count < dear.row.gpu_count) count += 1;
    return count;
  },
};

/** Instances of the cheaper one, by workload, both deployments and rule. */
export function alternativesOf(
  cells: readonly CellRow[],
  run: string,
): Map<string, { instances: number; dear: Point; cheap: Point }> {
  const peaks = peaksOf(cells, run);
  const found = new Map<string, { instances: number; dear: Point; cheap: Point }>();
  for (const dear of peaks) {
    for (const cheap of peaks) {
      const alike = workloadOf(dear) === workloadOf(cheap) && dear.row.gpu_name === cheap.row.gpu_name;
      if (!alike || cheap.usdPerHour === null || dear.usdPerHour === null) continue;
      if (cheap.usdPerHour >= dear.usdPerHour) continue;
      for (const [rule, count] of Object.entries(RULES)) {
        const key = JSON.stringify([workloadOf(dear), dear.row.deployment_id, cheap.row.deployment_id, rule]);
        found.set(key, { instances: count(dear, cheap), dear, cheap });
      }
    }
  }
  return found;
}

interface Targets {
  latency: number;
  ttft: number;
  itl: number;
}

/** The least an hour of a fleet costs that serves the load, by deployment. */
export function fleetCosts(
  cells: readonly CellRow[],
  run: string,
  targets: Targets,
  load: number,
): Map<string, number> {
  const meets = (seen: number | null, target: number) => target >= 1e12 || (seen !== null && seen <= target);
  const costs = new Map<string, number>();
  for (const point of pointsOf(cells, run)) {
    if (
      !meets(point.latency, targets.latency) ||
      !meets(point.ttftAtMost, targets.ttft) ||
      !meets(point.itl, targets.itl)
    )
      continue;
    if (point.tokensPerS <= 0 || point.usdPerHour === null) continue;
    const cost = Math.ceil(load / point.tokensPerS - 1e-9) * point.usdPerHour;
    const key = deploymentOf(point);
    costs.set(key, Math.min(cost, costs.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return costs;
}

/** Efficiency by deployment. */
export function efficiencies(cells: readonly CellRow[], run: string): Map<string, number | null> {
  const peaks = peaksOf(cells, run);
  const alike = ({ row }: Point) => keyBy(row, ['model', 'engine', 'gpu_name', 'pipeline_parallel', ...WORKLOAD]);
  const perGpu = ({ row, tokensPerS }: Point) => tokensPerS / (row.tensor_parallel! * row.pipeline_parallel!);
  return new Map(
    peaks.map((point) => {
      const base = first(
        peaks.filter((other) => alike(other) === alike(point)),
        ({ row }) => row.tensor_parallel,
        (other) => -other.tokensPerS,
      );
      return [deploymentOf(point), base.tokensPerS === 0 ? null : perGpu(point) / perGpu(base)];
    }),
  );
}
