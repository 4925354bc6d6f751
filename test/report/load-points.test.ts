import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadQueries } from '#local/sql/query-files.ts';
import { frontierOf, latencyViewOf } from '#report/latency-view.ts';
import { workloadsOf } from '#report/load-points.ts';
import { answer } from '#test/local/sql/answer.ts';
import { openResults, type ResultsStore, writeResults } from '#test/local/sql/results-store.ts';
import { arbitraryCells } from '#test/queries/arbitrary-results.ts';

let results: ResultsStore;
beforeAll(async () => {
  results = await openResults();
});
afterAll(() => results.close());

/** The view rounds its means to nine places, and sums in an order of its own. */
const alike = (one: unknown, other: unknown): boolean =>
  typeof one === 'number' && typeof other === 'number'
    ? Math.abs(one - other) <= 1e-8 + 1e-7 * Math.abs(other)
    : one === other;

it('are those of the view load_points: what a figure draws is what the answer was computed from', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCells, async (cells) => {
      for await (const { key } of results.store.list('results/')) await results.store.delete(key);
      await writeResults(results.store, { cells });
      for (const view of loadQueries().views) await answer(results.sql, view.sql);
      const columns = `deployment_id, concurrency, repeats, output_tokens_per_s, request_latency_p95_ms, usd_per_million_output_tokens`;
      const fromView = await answer(results.sql, `SELECT ${columns} FROM load_points WHERE run_id = ?`, ['run-1']);
      const drawn = workloadsOf(cells.filter(({ run_id }) => run_id === 'run-1')).flatMap(({ points }) =>
        points.map((point) => [
          point.deployment,
          point.concurrency,
          point.rows.length,
          point.tokensPerS.mean,
          point.latencyP95Ms?.mean ?? null,
          // A point of which one repeat gave nothing has no interval, and is not drawn.
          point.tokensPerS.min > 0 ? (point.usdPerMillion?.mean ?? null) : null,
        ]),
      );
      const expected = fromView.map((row) => {
        const { usd_per_million_output_tokens: cost, ...others } = row;
        return [...Object.values(others), cost ?? null];
      });
      expect(drawn).toHaveLength(expected.length);
      // A point that is not drawn for its cost may have one in the view: it takes what the others leave.
      for (const row of drawn.toSorted((a, b) => Number(a[5] === null) - Number(b[5] === null))) {
        const same = (other: unknown[]) =>
          row.every((value, at) => (at === 5 && value === null) || alike(value, other[at]));
        const found = expected.findIndex(same);
        expect(found, JSON.stringify(row)).toBeGreaterThanOrEqual(0);
        expected.splice(found, 1);
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);

it('a point is worth choosing exactly when no other beats it', () => {
  fc.assert(
    fc.property(arbitraryCells, (cells) => {
      for (const { points } of workloadsOf(cells)) {
        const view = latencyViewOf(points);
        const best = frontierOf(points, view);
        const at = (one: (typeof points)[number]) =>
          [view.of(one)?.mean ?? Infinity, one.usdPerMillion?.mean ?? Infinity] as const;
        for (const point of points) {
          const [latency, cost] = at(point);
          if (latency === Infinity || cost === Infinity) continue;
          const beaten = points.some((other) => {
            const [otherLatency, otherCost] = at(other);
            return otherLatency <= latency && otherCost <= cost && (otherLatency < latency || otherCost < cost);
          });
          const stands = best.some((one) => at(one)[0] === latency && at(one)[1] === cost);
          expect(stands).toBe(!beaten);
        }
      }
    }),
  );
});
