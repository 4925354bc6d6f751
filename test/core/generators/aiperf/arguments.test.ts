import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiperf } from '#core/generators/aiperf/aiperf.ts';
import { flagValue, sampleCell, sampleTarget } from '../sample-cell.ts';

const args = (...[cell, target]: [Parameters<typeof sampleCell>[0]?, Parameters<typeof sampleTarget>[0]?]) =>
  aiperf.arguments(sampleCell(cell), sampleTarget(target)).args;

describe('the arguments of AIPerf', () => {
  it('pin the output length', () => {
    expect(args({ osl: 90 }).filter((_, at, all) => all[at - 1] === '--extra-inputs')).toEqual([
      'ignore_eos:true',
      'min_tokens:90',
    ]);
  });

  it('ask for no minimum above the shortest of spread lengths', () => {
    expect(args({ oslStddev: 5 }).filter((_, at, all) => all[at - 1] === '--extra-inputs')).toEqual([
      'ignore_eos:true',
    ]);
  });

  it('have a prompt for every request, so that none is answered from a cache', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 0, max: 500 }),
        (requestCount, warmupRequestCount) => {
          const given = args({ requestCount, warmupRequestCount });
          expect(Number(flagValue(given, '--num-dataset-entries'))).toBe(requestCount + warmupRequestCount);
          expect(flagValue(given, '--dataset-sampling-strategy')).toBe('sequential');
        },
      ),
    );
  });

  it('never repeat a flag that takes one value, which AIPerf refuses', () => {
    const names = args({ requestRate: 3 }, { gpuMetricsUrl: 'http://node:9400/metrics' }).filter((each) =>
      each.startsWith('--'),
    );
    const single = names.filter((name) => name !== '--extra-inputs');
    expect(new Set(single).size).toBe(single.length);
  });

  it('take the load from the cell: closed, open, or an open one with a bound', () => {
    expect(flagValue(args(), '--concurrency')).toBe('5');
    expect(args()).not.toContain('--request-rate');
    const open = args({ concurrency: null, requestRate: 2.5 });
    expect(flagValue(open, '--request-rate')).toBe('2.5');
    expect(open).not.toContain('--concurrency');
  });

  it('stream only when asked, and warm up only when asked', () => {
    expect(args()).toContain('--streaming');
    const plain = args({ streaming: false, warmupRequestCount: 0 });
    expect(plain).not.toContain('--streaming');
    expect(plain).not.toContain('--warmup-request-count');
  });

  it('differ between cells in their seed', () => {
    expect(flagValue(args({ seed: 8 }), '--random-seed')).toBe('8');
  });

  it('give a hanging request up before the whole cell is given up', () => {
    expect(Number(flagValue(args({ timeoutSeconds: 300 }), '--request-timeout-seconds'))).toBeLessThan(150);
  });

  it("leave a matrix's text to be text where a kubelet expands variables", () => {
    expect(flagValue(args({}, { model: 'm/$(ENGINE_URL)' }), '--model')).toBe('m/$$(ENGINE_URL)');
    expect(flagValue(args(), '--url')).toBe('$(ENGINE_URL)');
  });

  it('run without what makes it refuse local tokenizers', () => {
    const { unset, env } = aiperf.arguments(sampleCell(), sampleTarget());
    expect(unset).toEqual(['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']);
    expect(Object.keys(env)).not.toContain('HF_HUB_OFFLINE');
  });

  it('let go of an idle connection before any usual server does: gunicorn after 2 s, uvicorn after 5 s', () => {
    const seconds = Number(aiperf.arguments(sampleCell(), sampleTarget()).env.AIPERF_HTTP_KEEPALIVE_TIMEOUT);
    // 0 would be taken for no limit.
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(2);
  });

  it('have no threshold of failed requests, at which AIPerf ends with 0 and says no errors', () => {
    expect(args()).not.toContain('--failed-request-threshold');
  });

  it('are of a pinned image', () => {
    expect(aiperf.image).toMatch(/:0\.13\.0$/);
  });
});
