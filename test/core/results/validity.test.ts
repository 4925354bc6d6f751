import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiperf } from '#core/generators/aiperf/aiperf.ts';
import type { Cell } from '#core/plan/types.ts';
import type { Distribution, Measurement } from '#core/results/measurement.ts';
import { attainableOccupancy } from '#core/results/occupancy.ts';
import { INVALID_CODES, judge } from '#core/results/validity.ts';
import { BOUND } from '#core/results/validity-rule.ts';
import { fixtureFiles } from '../generators/fixture-files.ts';
import { sampleCell } from '../generators/sample-cell.ts';

const flat = (value: number): Distribution => ({
  avg: value,
  min: value,
  max: value,
  std: 0,
  p50: value,
  p75: value,
  p90: value,
  p95: value,
  p99: value,
});

/** Five in flight, 200 ms each, as asked by the sample cell. */
const steady: Measurement = {
  generator: 'aiperf',
  generatorVersion: '0.13.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:00.800Z',
  durationSeconds: 0.8,
  requestCount: 20,
  errorCount: 0,
  warmupRequestCount: 5,
  cancelled: false,
  errors: [],
  requestThroughputPerS: 25,
  outputTokensPerS: 400,
  inputTokensPerS: 800,
  requestLatencyMs: flat(200),
  ttftMs: flat(50),
  itlMs: flat(10),
  islTokens: flat(32),
  oslTokens: flat(16),
  clientDelayMs: { avg: 2, p99: 5 },
  goodputPerS: null,
  gpu: null,
  engineCounters: { 'vllm:num_preemptions_total': 0 },
};

/** As long as its requests take at its rate, unless it is said otherwise. */
const measured = (over: Partial<Measurement>): Measurement => {
  const all = { ...steady, ...over };
  return {
    ...all,
    durationSeconds: over.durationSeconds ?? all.requestCount / all.requestThroughputPerS,
    outputTokensPerS: over.outputTokensPerS ?? (all.oslTokens?.avg ?? 0) * all.requestThroughputPerS,
  };
};

const spread = (low: number, high: number, over: Partial<Distribution> = {}): Distribution => ({
  ...flat((low + high) / 2),
  min: low,
  max: high,
  ...over,
});

const codes = (over: Partial<Measurement>, cell: Partial<Cell> = {}) =>
  judge(measured(over), sampleCell(cell)).reasons.map(({ code }) => code);

/** Growth of vLLM's counters. */
const vllm = (counters: Record<string, number>): Partial<Measurement> => ({
  engineCounters: Object.fromEntries(Object.entries(counters).map(([name, value]) => [`vllm:${name}`, value])),
});

describe('a measurement', () => {
  it('is valid when it is what was asked for', () => {
    expect(judge(steady, sampleCell())).toEqual({ valid: true, reasons: [] });
  });

  it.each<[string, Partial<Measurement>, Partial<Cell>]>([
    ['cancelled', { cancelled: true }, {}],
    ['incomplete', { requestCount: 19 }, {}],
    ['errors', { requestCount: 980, errorCount: 20, errors: [{ message: '500', count: 20 }] }, {}],
    ['below-concurrency', {}, { requestCount: 4 }],
    ['occupancy', { requestThroughputPerS: 21.2 }, {}],
    ['rate-not-reached', {}, { requestRate: 30, concurrency: null }],
    ['client-bound', { clientDelayMs: { avg: 23, p99: 40 }, ttftMs: null }, {}],
    ['output-length', { oslTokens: flat(15) }, {}],
    ['output-length', { oslTokens: flat(17) }, {}],
    // The mean is right: some ended at once, and one went on.
    ['output-length', { oslTokens: spread(4, 28, { std: 9 }) }, {}],
    ['output-length', { oslTokens: { ...flat(101), min: 4, max: 703, std: 3 } }, { osl: 100 }],
    ['output-length', { oslTokens: { ...flat(100), min: 45 } }, { osl: 100 }],
    ['output-length', { oslTokens: { ...flat(100), max: 155 } }, { osl: 100 }],
    ['output-length', { oslTokens: { ...flat(100), std: 11 } }, { osl: 100 }],
    ['input-length', { islTokens: flat(20) }, { isl: 200 }],
    ['input-length', { islTokens: flat(149) }, { isl: 200 }],
    ['input-length', { islTokens: flat(251) }, { isl: 200 }],
    ['input-length', { islTokens: flat(451) }, { isl: 200, endpoint: 'chat' }],
    ['clock-set', { clockStepSeconds: 0.06 }, {}],
    ['impossible', { ttftMs: { ...flat(50), min: -2880 } }, {}],
    ['impossible', { itlMs: { ...flat(10), min: -1 } }, {}],
    ['impossible', { requestLatencyMs: { ...flat(200), p95: 199 } }, {}],
    ['impossible', { requestLatencyMs: { ...flat(200), avg: 201 }, requestThroughputPerS: 24.8 }, {}],
    ['impossible', { ttftMs: flat(201) }, {}],
    ['impossible', { requestThroughputPerS: 26.5 }, {}],
    ['impossible', { outputTokensPerS: 409 }, {}],
    ['impossible', { requestThroughputPerS: 36 }, { requestRate: 20, concurrency: null }],
    ['not-warmed-up', { warmupRequestCount: 4 }, {}],
    ['not-warmed-up', { warmupRequestCount: null }, {}],
    ['not-warmed-up', vllm({ request_success_total: 24 }), {}],
    ['preemptions', vllm({ num_preemptions_total: 3 }), {}],
    ['times', { durationSeconds: 0.7 }, {}],
    ['times', { durationSeconds: -3 }, {}],
    ['times', { durationSeconds: 0 }, {}],
    ['client-bound', { clientDelayMs: null, clientCpuShare: 0.91 }, {}],
    ['engine-restarted', { engineRestarted: true, engineCounters: null }, {}],
    // 25 requests of 16 tokens are 400.
    ['token-counts', vllm({ generation_tokens_total: 379 }), {}],
    ['token-counts', vllm({ generation_tokens_total: 421 }), {}],
    // 32 tokens asked for, of each prompt 64 seen: the engine adds 32, and 36 came out of its cache.
    ['prefix-cache', vllm({ prompt_tokens_total: 25 * 64, prefix_cache_hits_total: 25 * 36 }), {}],
    ['prefix-cache', vllm({ prompt_tokens_total: 25 * 32, prefix_cache_hits_total: 25 * 4 }), {}],
  ])('is not for %s, and says so', (code, over, cell) => {
    const verdict = judge(measured(over), sampleCell(cell));
    expect(verdict.valid).toBe(false);
    expect(verdict.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(verdict.reasons[0]?.sentence).toMatch(/^\S.*\.$/);
  });

  it.each<[string, Partial<Measurement>, Partial<Cell>]>([
    ['one request in a hundred fails', { requestCount: 99, errorCount: 1 }, {}],
    ['occupancy is 0.85', { requestThroughputPerS: 21.25 }, {}],
    ['nobody knows the wait inside the client', { clientDelayMs: null }, {}],
    ['nothing was to be warmed up', { warmupRequestCount: null }, { warmupRequestCount: 0 }],
    ['the engine has no counters', { engineCounters: null, engineRestarted: null }, {}],
    ['the engine counted every warm-up request', vllm({ request_success_total: 25 }), {}],
    ['the engine counted within 5 % of the generator', vllm({ generation_tokens_total: 385 }), {}],
    [
      'a failed request may or may not have been generated',
      { requestCount: 990, errorCount: 10, ...vllm({ generation_tokens_total: 1005 * 16 * 1.045 }) },
      {},
    ],
    [
      'the warm-up may have had other lengths, where lengths are spread',
      { oslTokens: { ...flat(16), std: 5 }, ...vllm({ generation_tokens_total: 430 }) },
      { oslStddev: 5 },
    ],
    ['only the chat template was cached', vllm({ prompt_tokens_total: 25 * 64, prefix_cache_hits_total: 25 * 32 }), {}],
    [
      "a dataset's prompts share what they share",
      vllm({ prompt_tokens_total: 800, prefix_cache_hits_total: 700 }),
      { dataset: 'chats' },
    ],
    ['the client waited for long against the TTFT, which is judged by itself', { ttftMs: flat(5) }, {}],
    ['the CPU was busy, and the generator says that nothing waited', { clientCpuShare: 1 }, {}],
    ['the duration is a little more than its requests take', { durationSeconds: 0.86 }, {}],
    ['text was counted anew', { oslTokens: spread(32, 33, { avg: 33.2, max: 38, std: 1.25 }) }, { osl: 32 }],
    [
      'a stream was broken off that is counted as failed',
      { requestCount: 999, errorCount: 1, oslTokens: { ...flat(100), min: 8, std: 3 } },
      { osl: 100 },
    ],
    ['a chat template came on top of the prompt', { islTokens: flat(440) }, { isl: 200, endpoint: 'chat' }],
    ["a dataset's prompts have the lengths they have", { islTokens: flat(20) }, { isl: 200, dataset: 'chats' }],
    ['prompts were spread on purpose', { islTokens: flat(130) }, { isl: 200, islStddev: 50 }],
    [
      'a few requests arrived by chance sooner',
      { requestThroughputPerS: 30, ttftMs: null },
      { requestRate: 20, concurrency: null },
    ],
    ['the clock was read a little late', { clockStepSeconds: 0.01 }, {}],
    ['lengths were spread on purpose', { oslTokens: flat(17) }, { oslStddev: 2 }],
    ['the load is open and the rate was reached', {}, { requestRate: 26, concurrency: null }],
    [
      'a rate and a bound on the requests in flight were asked for',
      {},
      { requestRate: 26, concurrency: 50, requestCount: 20 },
    ],
  ])('is still valid when %s', (_, over, cell) => {
    expect(codes(over, cell)).toEqual([]);
  });

  it('has the lengths that the model likes where a server refuses to pin them', () => {
    const ended = measured({ oslTokens: spread(2, 30, { std: 6 }) });
    expect(judge(ended, sampleCell(), { pinsOutputLength: false })).toEqual({ valid: true, reasons: [] });
    expect(judge(ended, sampleCell()).valid).toBe(false);
  });

  it('may have several reasons, each with its own', () => {
    expect(codes({ cancelled: true, requestCount: 5, requestThroughputPerS: 3 })).toEqual([
      'cancelled',
      'incomplete',
      'occupancy',
    ]);
  });

  it.each([
    // Requests of a fifth of a second, of which 8 and 11 ms were the client's.
    ['ap-stream', ['client-bound']],
    ['ap-nonstream', ['client-bound']],
    ['ap-error', ['errors', 'occupancy']],
    ['ap-cancelled', ['cancelled', 'incomplete', 'not-warmed-up']],
    ['ap-chat-metrics', ['occupancy', 'client-bound']],
  ])('of the recorded run %s is judged', async (folder, expected) => {
    const measurement = await aiperf.parse(await fixtureFiles(folder));
    expect(judge(measurement, sampleCell()).reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(expected));
  });

  it.each(['ap-stream', 'ap-nonstream'])(
    'of the recorded run %s would be valid on a quicker client',
    async (folder) => {
      const measurement = await aiperf.parse(await fixtureFiles(folder));
      expect(judge({ ...measurement, clientDelayMs: { avg: 4, p99: 9 } }, sampleCell())).toEqual({
        valid: true,
        reasons: [],
      });
    },
  );
});

describe('the occupancy that a fixed count can reach', () => {
  it('is the one that a closed loop of equal requests has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 600 }), (concurrency, requests) => {
        // Lanes that each take the next request when they have ended one.
        const lanes = new Array<number>(concurrency).fill(0);
        for (let n = 0; n < requests; n += 1) {
          const first = lanes.indexOf(Math.min(...lanes));
          lanes[first] = (lanes[first] ?? 0) + 1;
        }
        const seen = requests / (concurrency * Math.max(...lanes));
        expect(attainableOccupancy(requests, concurrency)).toBeCloseTo(seen, 9);
      }),
    );
  });

  it('is told to who asked for a count that cannot reach it', () => {
    const { reasons } = judge(
      measured({ requestCount: 12, requestThroughputPerS: 30 }),
      sampleCell({ concurrency: 10, requestCount: 12 }),
    );
    expect(reasons[0]?.sentence).toContain('cannot give more than 0.60');
  });
});

describe('docs/measurement.md', () => {
  const page = readFileSync('docs/measurement.md', 'utf8');

  it.each(INVALID_CODES)('explains the rule %s', (code) => {
    expect(page).toContain(`\n### ${code}\n`);
  });

  it.each(Object.entries(BOUND))('has the bound %s = %d as the code has it', (name, bound) => {
    expect(page).toContain(`\`${name}\` ${bound}`);
  });
});
