import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CellRow } from '#core/results/cell-columns.ts';
import { startLocalRun } from '#local/runtime/start.ts';
import { withPerfAnalyzer } from './support/private-loader.ts';

const MATRIX = {
  name: 'genai-perf',
  matrix: { instanceType: ['g5.12xlarge'], concurrency: [4] },
  defaults: { model: 'openai/gpt-oss-20b', tensorParallel: 4, isl: 64, osl: 16 },
  load: { generator: 'genai-perf' },
  budgetUsd: 20,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-genai-perf-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function run(matrix: unknown) {
  const messages: string[] = [];
  const { done } = await startLocalRun({
    matrix,
    run: 'whole',
    storeDir: folder,
    kubelet: 'process',
    onProgress: (message) => messages.push(message),
  });
  return { result: await done, messages };
}

async function rows(): Promise<CellRow[]> {
  const place = join(folder, 'runs', 'whole', 'rows');
  return Promise.all((await readdir(place)).map(async (name) => JSON.parse(await readFile(join(place, name), 'utf8'))));
}

describe('a whole run on this machine, with the real genai-perf against the simulated engine', () => {
  it.each(['genai-perf', 'auto'])('ends in a measured row when the matrix says %s', async (generator) => {
    vi.stubEnv('STEPBENCH_PERF_ANALYZER', (await withPerfAnalyzer()).STEPBENCH_PERF_ANALYZER);
    const { result, messages } = await run({ ...MATRIX, load: { generator } });
    expect(messages.find((message) => message.startsWith('Load generator: genai-perf'))).toBeDefined();
    expect(result).toMatchObject({ nodesLeft: 0 });
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      status: 'measured',
      generator: 'genai-perf',
      simulated: true,
      request_count: 40,
      error_count: 0,
      warmup_request_count: 4,
    });
    // Counted by genai-perf with the tokenizer of this machine, and by the engine itself.
    expect(row?.osl_seen_avg_tokens ?? 0).toBeCloseTo(16, 1);
    expect(row?.isl_seen_avg_tokens ?? 0).toBeCloseTo(64, 0);
    expect(row?.ttft_p50_ms).toBeGreaterThan(0);
    const names = await readdir(join(folder, row?.artifacts ?? ''), { recursive: true });
    expect(names.some((name) => name.endsWith('profile_export_genai_perf.json'))).toBe(true);
    console.info(
      JSON.stringify({ valid: row?.valid, reasons: row?.invalid_reasons, latency: row?.request_latency_avg_ms }),
    );
  });
});
