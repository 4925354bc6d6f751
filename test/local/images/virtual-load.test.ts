import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArtifactFiles } from '#core/generators/artifacts.ts';
import { generatorFor } from '#core/generators/generators.ts';
import type { Cell, GeneratorName } from '#core/plan/types.ts';
import { judge } from '#core/results/validity.ts';
import type { PodFiles, VirtualStart } from '#local/cluster/images.ts';
import { predict } from '#local/engine/model/predict.ts';
import { profileFor } from '#local/engine/model/profiles.ts';
import { type VirtualLoadOptions, virtualLoad } from '#local/images/virtual-load.ts';
import { sampleCell, sampleDeployment } from '#test/core/results/samples.ts';

const NOW_MS = Date.parse('2026-07-01T12:00:00Z');
const URL = 'http://engine.stepbench.svc:8000';
const NAMES: GeneratorName[] = ['aiperf', 'genai-perf'];

/** A folder in memory, as the pod writes it and as the parser reads it. */
function folder() {
  const files = new Map<string, Uint8Array>();
  const bytes = (body: Uint8Array | string) => (typeof body === 'string' ? new TextEncoder().encode(body) : body);
  const pod: PodFiles = {
    write: (path, body) => void files.set(path.replace('/artifacts/', ''), bytes(body)),
    read: (path) => files.get(path.replace('/artifacts/', '')),
    list: () => [...files.keys()].toSorted(),
  };
  const artifacts: ArtifactFiles = {
    list: async () => [...files.keys()],
    read: async (name) => files.get(name),
    stream: async (name) => files.get(name) && chunks(files.get(name)!),
  };
  return { pod, artifacts };
}

/** In pieces that end anywhere. */
async function* chunks(body: Uint8Array) {
  for (let at = 0; at < body.length; at += 1013) yield body.slice(at, at + 1013);
}

interface Run {
  generator?: GeneratorName;
  cell?: Partial<Cell>;
  /** Whether the engine answers: at the start, and at the end. */
  serving?: [boolean, boolean];
  secondsOf?: VirtualLoadOptions['secondsOf'];
}

/** Runs a virtual load to its end and reads its files back. */
async function load({ generator = 'aiperf', cell: changes = {}, serving = [true, true], secondsOf }: Run) {
  const { pod, artifacts } = folder();
  const cell = { ...sampleCell, ...changes };
  const deployment = { ...sampleDeployment, generator };
  let asked = 0;
  const start = {
    files: pod,
    env: { ENGINE_URL: URL, ARTIFACT_DIR: '/artifacts' },
    serving: (url: string) => url === URL && serving[asked++]!,
  } as unknown as VirtualStart;
  const process = virtualLoad(start, deployment, cell, { nowMs: () => NOW_MS, ...(secondsOf && { secondsOf }) });
  await process.finish?.();
  const read = () => generatorFor(generator).parse(artifacts);
  return { cell, deployment, durationMs: process.durationMs as number, read };
}

const anyCell = fc
  .record({
    concurrency: fc.integer({ min: 1, max: 64 }),
    waves: fc.integer({ min: 1, max: 5 }),
    isl: fc.integer({ min: 1, max: 4000 }),
    osl: fc.integer({ min: 2, max: 1000 }),
    streaming: fc.boolean(),
    warmupRequestCount: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ waves, ...cell }) => ({ ...cell, requestCount: cell.concurrency * waves }));

describe.each(NAMES)('the files of a virtual %s', (generator) => {
  it('say the very numbers of the prediction to the parser of the real ones', async () => {
    await fc.assert(
      fc.asyncProperty(anyCell, async (changes) => {
        const { cell, deployment, read } = await load({ generator, cell: changes });
        const measured = await read();
        const { isl, osl, concurrency } = cell as { isl: number; osl: number; concurrency: number };
        const predicted = predict(profileFor(deployment), { isl, osl, concurrency });
        expect(measured).toMatchObject({ requestCount: cell.requestCount, errorCount: 0, cancelled: false });
        expect(measured.warmupRequestCount ?? 0).toBe(cell.warmupRequestCount);
        expect(measured.requestLatencyMs.p95).toBeCloseTo(predicted.latencyMs, 6);
        expect(measured.requestLatencyMs.avg).toBeCloseTo(predicted.latencyMs, 6);
        // Fewer requests than a wave cannot be answered faster than one.
        const seconds = Math.max(cell.requestCount / predicted.requestThroughputPerS, predicted.latencyMs / 1000);
        // Times are milliseconds since the epoch: a short measurement is known to a millionth.
        expect(measured.requestThroughputPerS / (cell.requestCount / seconds)).toBeCloseTo(1, 4);
        expect(measured.outputTokensPerS / measured.requestThroughputPerS).toBeCloseTo(osl, 6);
        expect([measured.islTokens?.avg, measured.oslTokens?.avg]).toEqual([isl, osl]);
        if (cell.streaming) {
          expect(measured.ttftMs?.p50).toBeCloseTo(predicted.ttftMs, 6);
          expect(measured.itlMs?.p50).toBeCloseTo(predicted.itlMs, 6);
        } else expect([measured.ttftMs, measured.itlMs]).toEqual([null, null]);
      }),
      { numRuns: 30 },
    );
  });

  it('are a valid result, measured after start and warm-up, until the container ends', async () => {
    const { cell, durationMs, read } = await load({ generator });
    const measured = await read();
    expect(judge(measured, cell)).toEqual({ valid: true, reasons: [] });
    const startedMs = Date.parse(measured.startedAt) - NOW_MS;
    expect(startedMs).toBeGreaterThan(12_000);
    expect(Math.abs(Date.parse(measured.endedAt) - NOW_MS - durationMs)).toBeLessThan(2);
    expect(measured.durationSeconds * 1000).toBeCloseTo(durationMs - startedMs, -1);
  });

  it('take the time that was measured where somebody knows it', async () => {
    const secondsOf = () => ({ start: 10, warmup: 5, measure: 85 });
    const { cell, durationMs, read } = await load({ generator, secondsOf });
    expect(durationMs).toBe(100_000);
    expect((await read()).requestThroughputPerS).toBeCloseTo(cell.requestCount / 85, 9);
  });

  it('of an open load have its rate', async () => {
    const { read } = await load({ generator, cell: { concurrency: null, requestRate: 0.5 } });
    expect((await read()).requestThroughputPerS).toBeCloseTo(0.5, 9);
  });

  it.each([
    ['from the beginning', [false, false]],
    ['in the middle', [true, false]],
  ] as const)('are no result when the engine is not there %s', async (_, serving) => {
    const { read } = await load({ generator, serving: [...serving] });
    await expect(read()).rejects.toMatchObject({ name: 'GeneratorFailed' });
  });
});
