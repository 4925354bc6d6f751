import { describe, expect, it } from 'vitest';
import { loadShape, type RequestSpan } from '#core/generators/request-spans.ts';
import type { Measurement } from '#core/results/measurement.ts';
import { LOAD_RULES } from '#core/results/validity-load.ts';
import { uniforms } from '#local/engine/model/noise.ts';
import { sampleCell } from './sample-cell.ts';

/** Requests that come at random to an engine that serves so many a second, one after another, after a time of its own. */
function openLoad(count: number, ratePerS: number, servedPerS: number, next: () => number): RequestSpan[] {
  let sentMs = 0;
  let freeMs = 0;
  return Array.from({ length: count }, () => {
    sentMs += (-Math.log(1 - next()) * 1000) / ratePerS;
    freeMs = Math.max(freeMs, sentMs) + (1000 / servedPerS) * (0.5 + next());
    return { sentMs, endedMs: freeMs + 500 };
  });
}

const grows = (spans: RequestSpan[]): boolean =>
  LOAD_RULES['latency-grows'](
    { ...loadShape(spans) } as Measurement,
    sampleCell({ requestRate: 10, concurrency: null }),
  ) !== undefined;

const share = (count: number, servedPerS: number, runs = 200): number => {
  const next = uniforms(count + servedPerS);
  return Array.from({ length: runs }, () => grows(openLoad(count, 10, servedPerS, next))).filter(Boolean).length / runs;
};

describe('an open load of 10 requests a second', () => {
  it.each([
    [300, 9, 0.65],
    [1000, 9, 0.9],
    [3000, 9.5, 0.85],
    [100, 7, 0.9],
  ])('of %d requests is found to be too much for an engine that serves %d a second', (count, served, atLeast) => {
    expect(share(count, served)).toBeGreaterThanOrEqual(atLeast);
  });

  it.each([
    [100, 15],
    [1000, 15],
    [100, 20],
    [1000, 12.5],
    [5000, 12.5],
  ])('of %d requests is seldom found to be so for one that serves %d', (count, served) => {
    expect(share(count, served)).toBeLessThanOrEqual(0.02);
  });

  it('is no trend when it starts from empty and then stays', () => {
    const spans = Array.from({ length: 300 }, (_, n) => ({
      sentMs: n * 100,
      endedMs: n * 100 + Math.min(1000, 300 + 7 * n),
    }));
    expect(grows(spans)).toBe(false);
  });

  it('is no trend when single batches are as far apart as its thirds', () => {
    const batches = [100, 900, 100, 900, 100, 500, 500, 500, 500, 500, 900, 100, 900, 900, 900];
    const latencies = batches.flatMap((ms) => [ms, ms]);
    expect(grows(latencies.map((ms, n) => ({ sentMs: n * 100, endedMs: n * 100 + ms })))).toBe(false);
    const calm = batches.map((_, n) => [420, 500, 740][Math.floor(n / 5)] ?? 0).flatMap((ms) => [ms, ms]);
    expect(grows(calm.map((ms, n) => ({ sentMs: n * 100, endedMs: n * 100 + ms })))).toBe(true);
  });

  it('is not judged by too few requests, and a closed load is not judged by it', () => {
    const spans = Array.from({ length: 60 }, (_, n) => ({ sentMs: n * 100, endedMs: n * 130 + 100 }));
    expect(grows(spans)).toBe(true);
    expect(grows(spans.slice(0, 29))).toBe(false);
    expect(LOAD_RULES['latency-grows']({ ...loadShape(spans) } as Measurement, sampleCell())).toBeUndefined();
  });
});

describe('the throughput of a closed load while it is held', () => {
  /** Lanes that each send the next request when one has ended. */
  function closedLoad(count: number, concurrency: number, latencyMs: (n: number) => number): RequestSpan[] {
    const lanes = new Array<number>(concurrency).fill(0);
    return Array.from({ length: count }, (_, n) => {
      const lane = lanes.indexOf(Math.min(...lanes));
      const sentMs = lanes[lane] ?? 0;
      lanes[lane] = sentMs + latencyMs(n);
      return { sentMs, endedMs: sentMs + latencyMs(n) };
    });
  }
  const whole = (spans: RequestSpan[]) => (spans.length * 1000) / Math.max(...spans.map(({ endedMs }) => endedMs));

  it.each([5, 10, 50])('is concurrency / latency when all are alike and in step (%d waves)', (waves) => {
    const { heldThroughputPerS } = loadShape(closedLoad(40 * waves, 40, () => 500));
    expect(heldThroughputPerS).toBeCloseTo(80, 6);
  });

  it('is within 3 % of it when they have drifted apart, where the whole is some 14 % too low', () => {
    const next = uniforms(7);
    const latencies = Array.from({ length: 200 }, () => 200 + 600 * next());
    const spans = closedLoad(200, 40, (n) => latencies[n] ?? 0);
    const truth = 40_000 / (latencies.reduce((sum, one) => sum + one, 0) / 200);
    expect(whole(spans) / truth).toBeLessThan(0.9);
    expect((loadShape(spans).heldThroughputPerS ?? 0) / truth).toBeGreaterThan(0.97);
    expect((loadShape(spans).heldThroughputPerS ?? 0) / truth).toBeLessThan(1.1);
    const long = Array.from({ length: 4000 }, () => 200 + 600 * next());
    const steady = closedLoad(4000, 40, (n) => long[n] ?? 0);
    expect((loadShape(steady).heldThroughputPerS ?? 0) / whole(steady)).toBeCloseTo(1, 1);
  });

  it('is unknown of requests that were all sent at once', () => {
    expect(loadShape(closedLoad(4, 4, () => 100)).heldThroughputPerS).toBeNull();
    expect(loadShape([])).toEqual({ latencyThirdsMs: null, heldThroughputPerS: null });
  });
});
