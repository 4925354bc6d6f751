import type { CellRow } from '#core/results/cell-columns.ts';
import { keyBy, type Point, pointsOf, WORKLOAD } from './expected-answers.ts';

/** What has changed from run to run, followed by hand. */

const LOAD = ['deployment_id', ...WORKLOAD, 'concurrency', 'request_rate_per_s'] as const;
const loadOf = ({ row }: Point) => keyBy(row, LOAD);

const change = (now: number | null, before: number | null | undefined): number | null =>
  now === null || before === null || before === undefined || before === 0 ? null : ((now - before) / before) * 100;

/** Tokens per second and their change, of each load point of a deployment in each run, in order. */
export function historyOf(cells: readonly CellRow[], deployment: string): Map<string, (number | null)[][]> {
  const runs = [...new Set(cells.map((cell) => cell.run_id))];
  const points = runs.flatMap((run) =>
    pointsOf(
      cells.filter((cell) => cell.deployment_id === deployment),
      run,
    ),
  );
  return new Map(
    [...Map.groupBy(points, loadOf)].map(([load, all]) => {
      const ofRuns = [...Map.groupBy(all, ({ row }) => row.run_id).values()].sort((a, b) =>
        startOf(a).localeCompare(startOf(b)),
      );
      return [
        load,
        ofRuns.flatMap((own, index) => {
          const before = ofRuns[index - 1]?.flatMap(({ rows }) => rows.map((row) => row.output_tokens_per_s ?? 0));
          const mean = before && before.reduce((sum, value) => sum + value, 0) / before.length;
          return own
            .sort((a, b) => priceOf(a) - priceOf(b) || feeOf(a) - feeOf(b))
            .map((point) => [point.tokensPerS, change(point.tokensPerS, mean)]);
        }),
      ];
    }),
  );
}

/** When a run first measured a load, and then its name. */
const startOf = (points: readonly Point[]): string =>
  points.flatMap(({ rows }) => rows.map((row) => `${row.started_at} ${row.run_id}`)).sort()[0] ?? '';
const priceOf = ({ row }: Point): number => row.price_usd_per_hour ?? Number.MAX_VALUE;
const feeOf = ({ row }: Point): number => row.fee_usd_per_hour ?? Number.MAX_VALUE;

/** Tokens per second in the run and in the baseline, of each pair of load points and of those without a partner. */
export function comparedOf(cells: readonly CellRow[], run: string, baseline: string): string[] {
  const here = pointsOf(cells, run);
  const there = pointsOf(cells, baseline);
  const pairs = here.flatMap((point) => {
    const partners = there.filter((other) => loadOf(other) === loadOf(point));
    return partners.length === 0 ? [[point, undefined]] : partners.map((other) => [point, other]);
  });
  const alone = there.filter((other) => !here.some((point) => loadOf(point) === loadOf(other)));
  return [...pairs, ...alone.map((other) => [undefined, other])]
    .map(([point, other]) =>
      pairKey({
        load: loadOf((point ?? other)!),
        now: point?.tokensPerS ?? null,
        before: other?.tokensPerS ?? null,
        percent: point === undefined ? null : change(point.tokensPerS, other?.tokensPerS),
      }),
    )
    .sort();
}

interface Pair {
  load: string;
  now: number | null;
  before: number | null;
  percent: number | null;
}

/** Figures to twelve digits: the order of a sum moves those after. */
export const pairKey = ({ load, now, before, percent }: Pair): string => {
  const digits = (value: number | null) => (value === null ? null : Number(value.toPrecision(9)));
  return JSON.stringify([load, digits(now), digits(before), digits(percent)]);
};
