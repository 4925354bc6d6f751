import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aiperf } from '#core/generators/aiperf/aiperf.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import { CpuMetric } from '#core/generators/client-cpu.ts';
import { genaiPerf } from '#core/generators/genai-perf/genai-perf.ts';
import { readObservations } from '#core/generators/observations.ts';
import { VllmMetrics } from '#local/engine/metrics/vllm.ts';
import { fixtureFiles, memoryFiles } from './fixture-files.ts';

const DCGM = await readFile(join(import.meta.dirname, '../../fixtures/dcgm/metrics.prom'), 'utf8');

const START_S = Date.parse('2026-01-01T00:00:10Z') / 1000;
const MEASURED = { startedAt: '2026-01-01T00:00:10.000Z', endedAt: '2026-01-01T00:00:20.000Z' };

/** Seconds after the first measured request, and what was seen then. */
const samples = (...seen: [number, string][]) =>
  seen.map(([afterS, text]) => `# sample ${(START_S + afterS).toFixed(3)}\n${text}`).join('');

const observe = (files: Record<string, string>) =>
  readObservations(memoryFiles(new Map(Object.entries(files))), MEASURED, null);

const gpu = async (text: string) => (await observe({ [ArtifactName.gpuMetrics]: text })).gpu;

describe('how far the clock was set', () => {
  const step = async (text: string) => (await observe({ [ArtifactName.clock]: text })).clockStepSeconds;

  it('is how far it moved against one that cannot be set, forward or back, whatever time passed', async () => {
    expect(await step('1795000000.000000 100.000000\n1795000003.000100 103.000000\n')).toBeCloseTo(0.0001, 5);
    expect(await step('1795000000.000000 100.000000\n1795000023.000000 103.000000\n')).toBeCloseTo(20, 5);
    expect(
      await step('1795000000.000000 100.000000\n1794999999.000000 102.000000\n1795000004.000000 104.000000\n'),
    ).toBeCloseTo(3, 5);
  });

  it.each([
    ['nobody looked', ''],
    ['somebody looked once, and the second time was cut off', '1795000000.000000 100.000000\n1795000'],
  ])('is unknown when %s', async (_, text) => expect(await step(text)).toBeNull());
});

describe('what the GPUs did', () => {
  it('is the mean utilisation and the sums of power and memory, over every GPU of the node', async () => {
    const seen = await gpu(samples([1, DCGM]));
    expect(seen?.utilisationPercent).toBeCloseTo((96 + 92 + 90 + 0) / 4, 9);
    expect(seen?.powerWatts).toBeCloseTo(211.4 + 204.9 + 199.2 + 61.5, 9);
    expect(seen?.memoryGiB).toBeCloseTo((20480 + 20352 + 20352 + 512) / 1024, 9);
  });

  it('is of the time that was measured: neither the start of the generator nor the warm-up', async () => {
    const idle = DCGM.replaceAll(/^(DCGM_FI_DEV_GPU_UTIL\{.*\}) \d+$/gm, '$1 0');
    const full = DCGM.replaceAll(/^(DCGM_FI_DEV_GPU_UTIL\{.*\}) \d+$/gm, '$1 100');
    const seen = await gpu(samples([-6, idle], [-3, idle], [0, DCGM], [3, full], [13, idle]));
    expect(seen?.utilisationPercent).toBeCloseTo((69.5 + 100) / 2, 9);
  });

  it('has what the exporter gives, where it does not give all', async () => {
    const power = 'DCGM_FI_DEV_POWER_USAGE{gpu="0"} 100\nDCGM_FI_DEV_GPU_UTIL{gpu="0"} NaN\n';
    expect(await gpu(samples([1, power]))).toEqual({ utilisationPercent: null, powerWatts: 100, memoryGiB: null });
  });

  it.each([
    ['there is no exporter', ''],
    ['it answered with a page', samples([1, '<html>\n'])],
    ['nothing was sampled in time', samples([-1, DCGM], [11, DCGM])],
    ['the file is cut in its first line', '# sample 17'],
  ])('is unknown when %s', async (_, text) => {
    expect(await gpu(text)).toBeNull();
  });

  it("comes before the generator's own word, which is kept where there is no other", async () => {
    const own = await aiperf.parse(await fixtureFiles('ap-chat-metrics'));
    expect(own.gpu?.powerWatts).toBe(150.5);
    const at = Date.parse(own.startedAt) / 1000 + 0.1;
    const sampled = `# sample ${at.toFixed(3)}\n${DCGM}`;
    const seen = await aiperf.parse(await fixtureFiles('ap-chat-metrics', { [ArtifactName.gpuMetrics]: sampled }));
    expect(seen.gpu?.powerWatts).toBeCloseTo(677, 9);
  });
});

describe("the CPU of the generator's machine", () => {
  const cpu = (busy: number, all: number) => `${CpuMetric.busy} ${busy}\n${CpuMetric.all} ${all}\n`;
  const share = async (text: string) => (await observe({ [ArtifactName.clientCpu]: text })).clientCpuShare;

  it('is what was in use between the first measured request and the last', async () => {
    // Idle for 10 s, then 1.5 of 2 processors for 10 s, then idle.
    const seen = await share(samples([-10, cpu(0, 0)], [0, cpu(0, 20)], [10, cpu(15, 40)], [20, cpu(15, 60)]));
    expect(seen).toBeCloseTo(0.75, 6);
  });

  it('is read between the samples, wherever they fall', () => {
    return fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        fc.double({ min: -4, max: 0, noNaN: true }),
        async (busy, every, first) => {
          const seen: [number, string][] = [];
          for (let at = first; at < 20; at += every) seen.push([at, cpu(2 * busy * (at + 5), 2 * (at + 5))]);
          expect(await share(samples(...seen))).toBeCloseTo(busy, 2);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ['the machine does not say', ''],
    ['there is one sample', samples([1, cpu(1, 2)])],
    ['the counters stand still', samples([0, cpu(1, 2)], [10, cpu(1, 2)])],
    ['the counters go down', samples([0, cpu(9, 20)], [10, cpu(1, 30)])],
  ])('is unknown when %s', async (_, text) => {
    expect(await share(text)).toBeNull();
  });
});

describe('a simulated engine', () => {
  it.each(['seed', 'extrapolated', 'custom'])('says that its timing is %s', async (profile_source) => {
    const simulator = { model_name: 'profile_source="x"', profile_source, provenance: 'fitted to "a", b' };
    const metrics = new VllmMetrics('m', 100, simulator).render({ running: 0, waiting: 0, kvCacheUsage: 0 });
    expect((await observe({ [ArtifactName.metricsBefore]: metrics })).simulatorProfile).toBe(profile_source);
  });

  it('is none that does not say so', async () => {
    expect((await observe({ [ArtifactName.metricsBefore]: 'vllm:x 1' })).simulatorProfile).toBeNull();
    expect((await observe({})).simulatorProfile).toBeNull();
  });
});

describe('the reset of the prefix cache', () => {
  it.each([
    ['200\n', true],
    ['200 {"success": true}\n', true],
    ['200 {"success": false}\n', false],
    ['404 Not Found\n', null],
    ['405 Method Not Allowed\n', null],
    ['500 Internal Server Error\n', false],
    ['no answer: timed out\n', false],
    ['', false],
  ])('that was answered with %j was done: %s', async (text, expected) => {
    expect((await observe({ [ArtifactName.prefixCacheReset]: text })).prefixCacheReset).toBe(expected);
  });

  it('is unknown where nobody asked for it', async () => {
    expect((await observe({})).prefixCacheReset).toBeNull();
  });
});

it('is the same for both generators', async () => {
  const seen = {
    [ArtifactName.prefixCacheReset]: '200\n',
    [ArtifactName.metricsBefore]: 'vllm:generation_tokens_total 1\n',
  };
  const files = { ...seen, [ArtifactName.metricsAfter]: 'vllm:generation_tokens_total 0\n' };
  for (const measurement of [
    await aiperf.parse(await fixtureFiles('ap-stream', files)),
    await genaiPerf.parse(await fixtureFiles('gp-stream', files)),
  ]) {
    expect(measurement).toMatchObject({
      prefixCacheReset: true,
      engineRestarted: true,
      engineCounters: null,
      gpu: null,
    });
  }
});
