import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { loadPoints, type Metric } from '#core/results/load-points.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { writeResults } from '#test/local/sql/results-store.ts';
import { arbitraryCells } from './arbitrary-results.ts';
import { openResultsUnderTest, type ResultsUnderTest } from './results-under-test.ts';

/** What each figure is called in the answer: mean, ends of the interval, spread. */
const NAMES = {
  output_tokens_per_s: ['output_tokens_per_s', 'output_tokens_per_s_low', 'output_tokens_per_s_high'],
  request_latency_p95_ms: ['request_latency_p95_ms', 'request_latency_p95_low_ms', 'request_latency_p95_high_ms'],
  ttft_p95_ms: ['ttft_p95_ms', 'ttft_p95_low_ms', 'ttft_p95_high_ms'],
} as const satisfies Record<Metric, readonly [string, string, string]>;

const METRICS = Object.keys(NAMES) as Metric[];

/** Of a load point: how many repeats, whether they disagree, and its nine figures. */
type Point = [repeats: number, disagree: boolean, ...figures: (number | null)[]];

const keyOf = (row: SqlRow | CellRow) =>
  JSON.stringify([row.deployment_id, row.concurrency, row.osl_tokens, row.streaming, row.simulated]);

const answered = (row: SqlRow): Point => [
  Number(row.repeats),
  row.disagree === true,
  ...METRICS.flatMap((metric) => NAMES[metric].map((name) => row[name] as number | null)),
];

/** The same by the statistics in TypeScript; what was simulated is a load point of its own in SQL. */
function expected(cells: readonly CellRow[]): Map<string, Point> {
  const latest = loadPoints(cells).flatMap(({ valid }) => valid);
  const points = [true, false].flatMap((simulated) => loadPoints(latest.filter((row) => row.simulated === simulated)));
  return new Map(
    points.map(({ valid, metrics, disagreements }) => [
      keyOf(valid[0] as CellRow),
      [
        valid.length,
        disagreements.length > 0,
        ...METRICS.flatMap((metric) => {
          const { mean, interval } = metrics[metric] ?? { mean: null, interval: null };
          return [mean, interval?.low ?? null, interval?.high ?? null];
        }),
      ],
    ]),
  );
}

/** To six digits of the larger figures: the quantiles in SQL have nine. */
function expectSame(found: Point, right: Point) {
  const scale = Math.max(1, ...right.filter((value) => typeof value === 'number').map(Math.abs));
  for (const [index, value] of right.entries()) {
    const other = found[index] ?? null;
    if (typeof value === 'number') expect(Math.abs(Number(other) - value) / scale).toBeLessThan(1e-6);
    else expect(other).toBe(value);
  }
}

describe('how well repeats agree', () => {
  let results: ResultsUnderTest;
  beforeAll(async () => {
    results = await openResultsUnderTest(8);
  });
  afterAll(() => results.close());
  beforeEach(() => results.empty());

  it('is what the statistics say of every load point', () =>
    results.over(
      arbitraryCells,
      (cells) => writeResults(results.store, { cells }),
      async (cells) => {
        const rows = new Map((await results.ask('repeats')).map((row) => [keyOf(row), answered(row)]));
        const points = expected(cells.filter((row) => row.run_id === 'run-1'));
        expect([...rows.keys()].toSorted()).toEqual([...points.keys()].toSorted());
        for (const [key, point] of points) expectSame(rows.get(key) as Point, point);
      },
    ));

  it('has the interval of Student for any number of repeats', async () => {
    const cells = Array.from({ length: 24 }, (_, count) =>
      Array.from({ length: count + 1 }, (__, index) =>
        measuredSample({
          cell_id: `c${count}-${index}`,
          concurrency: count + 1,
          repeat: index + 1,
          output_tokens_per_s: 100 + ((index * 7) % 5),
        }),
      ),
    ).flat();
    await writeResults(results.store, { cells });
    const rows = await results.ask('repeats');
    expect(rows).toHaveLength(24);
    for (const point of loadPoints(cells)) {
      const row = rows.find(({ concurrency }) => concurrency === point.rows[0]?.concurrency);
      const { count, interval, mean } = point.metrics.output_tokens_per_s!;
      expect(Number(row?.repeats)).toBe(count);
      if (interval === null) expect(row?.output_tokens_per_s_high).toBeNull();
      else {
        const reach = Number(row?.output_tokens_per_s_high) - mean;
        expect(Math.abs(reach / (interval.high - mean) - 1)).toBeLessThan(1e-4);
      }
    }
  });

  it('puts those first that disagree', async () => {
    const cells = [1, 2, 3].flatMap((repeat) =>
      [10, 20].map((concurrency) =>
        measuredSample({
          cell_id: `c${concurrency}-${repeat}`,
          concurrency,
          repeat,
          output_tokens_per_s: 100 + (concurrency === 20 ? 4 * repeat : repeat),
          request_latency_p95_ms: concurrency === 20 ? 1000 : 1000 + 100 * repeat,
          ttft_p95_ms: concurrency === 20 && repeat === 3 ? 150 : 100,
        }),
      ),
    );
    await writeResults(results.store, { cells });
    expect((await results.ask('repeats')).map((row) => [row.concurrency, row.disagree])).toEqual([
      [20, true],
      [10, false],
    ]);
  });
});
