import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '#core/plan/types.ts';
import type { Distribution, Measurement } from '#core/results/measurement.ts';
import { judgeTtft, TTFT_CODES, TTFT_EXCESS } from '#core/results/validity-ttft.ts';
import { sampleCell, sampleMeasurement } from './samples.ts';

const ttft = (avg: number, p95 = avg): Distribution => ({ ...(sampleMeasurement.ttftMs as Distribution), avg, p95 });

const codes = (over: Partial<Measurement>, cell: Partial<Cell> = {}) =>
  judgeTtft({ ...sampleMeasurement, ...over }, { ...sampleCell, ...cell })?.reasons.map(({ code }) => code);

const sent = (ms: number) => ({ clientSendMs: { avg: ms, p95: ms } });

/** Means of bench/truth.ts on two cores: what AIPerf said, the server's log, what it took to send; all in ms. */
const SEEN = [
  { streams: 1, said: 101.15, log: 99.3, send: 0.25 },
  { streams: 10, said: 101.64, log: 99.3, send: 1.08 },
  { streams: 50, said: 106.33, log: 99.8, send: 1.01 },
  { streams: 200, said: 126.7, log: 103, send: 1.17 },
  { streams: 200, said: 137, log: 103, send: 1.3 },
];

describe('the time to first token', () => {
  it('is judged by itself, and not at all where nothing was streamed', () => {
    expect(judgeTtft(sampleMeasurement, sampleCell)).toEqual({ valid: true, reasons: [] });
    expect(judgeTtft({ ...sampleMeasurement, ttftMs: null }, sampleCell)).toBeNull();
  });

  it.each(SEEN)(
    'of a measured load of $streams streams is valid only where it is true',
    ({ streams, said, log, send }) => {
      const valid = codes({ ttftMs: ttft(said), ...sent(send) }, { concurrency: streams })?.length === 0;
      if (valid) expect(said / log - 1).toBeLessThanOrEqual(0.02);
      expect(TTFT_EXCESS.aiperf.ms + send + TTFT_EXCESS.aiperf.perRequest.avg * (streams - 1)).toBeGreaterThan(
        said - log,
      );
    },
  );

  it('is valid at one stream on a machine with CPU to spare, and of a slower engine at fifty', () => {
    expect(codes({ ttftMs: ttft(101), ...sent(0.3) }, { concurrency: 1 })).toEqual([]);
    expect(codes({ ttftMs: ttft(101), ...sent(0.3) }, { concurrency: 50 })).toEqual(['ttft-client-bound']);
    expect(codes({ ttftMs: ttft(1100), ...sent(1) }, { concurrency: 50 })).toEqual([]);
  });

  it('needs its p95 to be true as well', () => {
    expect(codes({ ttftMs: ttft(600, 640), clientSendMs: { avg: 1, p95: 15 } })).toEqual(['ttft-client-bound']);
  });

  it('has the load of an open cell in flight, by its throughput and latency', () => {
    const open = { concurrency: null, requestRate: 20 };
    expect(codes({ ttftMs: ttft(300), requestThroughputPerS: 20 }, open)).toEqual(['ttft-client-bound']);
    expect(codes({ ttftMs: ttft(300), requestThroughputPerS: 2 }, open)).toEqual([]);
  });

  it('of genai-perf is judged by the requests in flight', () => {
    const of = (concurrency: number) => codes({ generator: 'genai-perf', ttftMs: ttft(100) }, { concurrency });
    expect(of(15)).toEqual([]);
    expect(of(100)).toEqual(['ttft-client-bound']);
  });

  it('is not valid on a machine without CPU to spare, however little it took to send', () => {
    expect(codes({ ...sent(0), clientCpuShare: 0.91 })).toEqual(['ttft-client-busy']);
    expect(codes({ ...sent(0), clientCpuShare: 0.9 })).toEqual([]);
  });

  it('that is valid stays so when it is longer, and when the client took less', () => {
    const ms = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(ms, ms, ms, ms, fc.integer({ min: 1, max: 500 }), (avg, more, send, less, concurrency) => {
        const cell = { concurrency };
        fc.pre(codes({ ttftMs: ttft(avg), ...sent(send) }, cell)?.length === 0);
        expect(codes({ ttftMs: ttft(avg + more), ...sent(Math.max(0, send - less)) }, cell)).toEqual([]);
      }),
    );
  });
});

describe('docs/measurement.md', () => {
  const page = readFileSync('docs/measurement.md', 'utf8');

  it.each(TTFT_CODES)('explains the rule %s', (code) => {
    expect(page).toContain(`\n### ${code}\n`);
  });

  it('has the figures that the rules have', () => {
    for (const [generator, { ms, perRequest }] of Object.entries(TTFT_EXCESS)) {
      expect(page).toContain(`| ${generator} | ${ms} | ${perRequest.avg} | ${perRequest.p95} |`);
    }
  });
});
