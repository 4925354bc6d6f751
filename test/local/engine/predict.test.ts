import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvBlocks, loadFactor, prefillMs } from '#local/engine/model/latency.ts';
import { uniforms } from '#local/engine/model/noise.ts';
import { predict } from '#local/engine/model/predict.ts';
import { type Profile, profileFor } from '#local/engine/model/profiles.ts';
import { Scheduler } from '#local/engine/model/scheduler.ts';

const profiles = [
  profileFor({ instanceType: 'g5.8xlarge', tensorParallel: 1, model: 'openai/gpt-oss-20b' }),
  profileFor({ instanceType: 'g5.12xlarge', tensorParallel: 4, model: 'openai/gpt-oss-20b' }),
  profileFor({ instanceType: 'g6e.xlarge', tensorParallel: 1, model: 'openai/gpt-oss-20b' }),
];
const anyProfile = fc.constantFrom(...profiles);
const lengths = { isl: fc.integer({ min: 1, max: 2000 }), osl: fc.integer({ min: 1, max: 400 }) };

/**
 * A closed load on the scheduler in virtual time, its first rounds left out. Output lengths vary around `osl`, or all
 * clients would stay in step, and their count in a window would say more about the step than about the engine.
 */
function simulate(profile: Profile, concurrency: number, isl: number, osl: number) {
  const { latency, capacity } = profile;
  const scheduler = new Scheduler<null>(latency, capacity);
  const uniform = uniforms(1);
  const submit = (atMs: number): void => {
    const outputTokens = Math.max(1, Math.round(osl * (0.5 + uniform())));
    const blocks = kvBlocks(capacity, isl + osl);
    const timing = { prefillMs: prefillMs(latency, isl), gapMs: () => latency.interTokenLatencyMs };
    scheduler.submit({ payload: null, ...timing, outputTokens, kvBlocks: blocks }, atMs);
  };
  for (let client = 0; client < concurrency; client++) submit(0);
  const firstTokens: number[] = [];
  const ends: { atMs: number; latencyMs: number }[] = [];
  while (ends.length < 20 * concurrency) {
    const event = scheduler.next(Number.MAX_SAFE_INTEGER)!;
    const sinceMs = event.atMs - event.ticket.submittedAtMs;
    if (event.index === 0) firstTokens.push(sinceMs);
    if (!event.last) continue;
    ends.push({ atMs: event.atMs, latencyMs: sinceMs });
    submit(event.atMs);
  }
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const measured = ends.slice(2 * concurrency);
  const spanMs = measured.at(-1)!.atMs - ends[2 * concurrency - 1]!.atMs;
  return {
    requestThroughputPerS: (measured.length / spanMs) * 1000,
    latencyMs: mean(measured.map((end) => end.latencyMs)),
    ttftMs: mean(firstTokens.slice(2 * concurrency)),
  };
}

describe('predict', () => {
  it('is what a simulated closed load comes to', () => {
    for (const profile of profiles) {
      for (const [concurrency, isl, osl] of [
        [1, 200, 20],
        [40, 200, 20],
        [200, 500, 10],
        [300, 100, 10],
      ] as const) {
        const predicted = predict(profile, { concurrency, isl, osl });
        const simulated = simulate(profile, concurrency, isl, osl);
        expect(simulated.requestThroughputPerS / predicted.requestThroughputPerS).toBeCloseTo(1, 1.3);
        expect(simulated.latencyMs / predicted.latencyMs).toBeCloseTo(1, 1.3);
        expect(simulated.ttftMs / predicted.ttftMs).toBeCloseTo(1, 1.3);
      }
    }
  });

  it("keeps Little's law: requests in flight are throughput times latency", () => {
    fc.assert(
      fc.property(anyProfile, fc.integer({ min: 1, max: 1000 }), lengths.isl, lengths.osl, (profile, n, isl, osl) => {
        const { requestThroughputPerS, latencyMs } = predict(profile, { concurrency: n, isl, osl });
        expect((requestThroughputPerS * latencyMs) / 1000 / n).toBeCloseTo(1, 9);
      }),
    );
  });

  it('never serves faster because more is asked of it at once', () => {
    fc.assert(
      fc.property(anyProfile, fc.integer({ min: 1, max: 600 }), lengths.isl, lengths.osl, (profile, n, isl, osl) => {
        const less = predict(profile, { concurrency: n, isl, osl });
        const more = predict(profile, { concurrency: n + 1, isl, osl });
        expect(more.latencyMs).toBeGreaterThanOrEqual(less.latencyMs);
        expect(more.ttftMs).toBeGreaterThanOrEqual(less.ttftMs);
        expect(more.itlMs).toBeGreaterThanOrEqual(less.itlMs);
      }),
    );
  });

  it('adds up: a latency is the time to the first token and the gaps after it', () => {
    const { ttftMs, itlMs, latencyMs } = predict(profiles[1]!, { concurrency: 64, isl: 300, osl: 80 });
    expect(ttftMs + 79 * itlMs).toBeCloseTo(latencyMs, 6);
  });

  it('finds for an open load the batch that serves just that rate', () => {
    const open = predict(profiles[1]!, { requestRate: 8, isl: 200, osl: 100 });
    expect(open.saturated).toBe(false);
    expect(open.requestThroughputPerS).toBe(8);
    expect((open.requestThroughputPerS * open.latencyMs) / 1000).toBeCloseTo(open.running, 6);
    const closed = predict(profiles[1]!, { concurrency: Math.round(open.running), isl: 200, osl: 100 });
    expect(closed.latencyMs / open.latencyMs).toBeCloseTo(1, 1);
  });

  it('says so when an open load is more than the engine serves', () => {
    const most = predict(profiles[1]!, { concurrency: 256, isl: 200, osl: 100 }).requestThroughputPerS;
    const open = predict(profiles[1]!, { requestRate: 2 * most, isl: 200, osl: 100 });
    expect(open.saturated).toBe(true);
    expect(open.requestThroughputPerS).toBeCloseTo(most, 6);
  });

  it('lets requests wait when the KV cache is smaller than the batch', () => {
    const roomy = profiles[1]!;
    const tight = { ...roomy, capacity: { ...roomy.capacity, kvCacheTokens: 300 * 10 } };
    const predicted = predict(tight, { concurrency: 40, isl: 200, osl: 90 });
    expect(predicted.running).toBe(9);
    expect(predicted.itlMs).toBeCloseTo(roomy.latency.interTokenLatencyMs * loadFactor(roomy.latency, 9), 9);
    expect(predicted.ttftMs).toBeGreaterThan(predict(roomy, { concurrency: 40, isl: 200, osl: 90 }).ttftMs);
  });
});
