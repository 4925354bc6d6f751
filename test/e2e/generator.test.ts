import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aiperf } from '#core/generators/aiperf/aiperf.ts';
import { underLoadScript } from '#core/generators/load-script.ts';
import type { Cell } from '#core/plan/types.ts';
import { judge } from '#core/results/validity.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { ensureGenerator, type InstalledGenerator } from '#local/generators/ensure-generator.ts';
import { sampleCell, sampleTarget } from '../core/generators/sample-cell.ts';
import { type OpenAiServer, startOpenAiServer } from './openai-server.ts';
import { artifactsIn, runLoad } from './run-load.ts';

let generator: InstalledGenerator;
let server: OpenAiServer | undefined;
const folders: string[] = [];

beforeAll(async () => {
  generator = await ensureGenerator({ name: 'aiperf', onProgress: (message) => console.info(message) });
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const cell = (over: Partial<Cell> = {}) => sampleCell({ requestCount: 50, timeoutSeconds: 120, ...over });

const load = async (over: Partial<Cell>, engineUrl: string, stopWhen?: () => boolean) => {
  const asked = cell(over);
  const invocation = aiperf.arguments(asked, sampleTarget({ model: 'tiny' }));
  const run = await runLoad(underLoadScript(invocation, asked.timeoutSeconds), {
    engineUrl,
    env: generator.env,
    stopWhen,
  });
  folders.push(run.folder);
  return run;
};

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Processes of this machine that were started for a folder of artifacts. */
const processesOf = (folder: string) =>
  execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder));

describe('a real load against a server of known latency', () => {
  it('measures what the server saw', async () => {
    server = await startOpenAiServer({ ttftMs: 60, itlMs: 10 });
    const run = await load({}, server.url);
    expect(run.exitCode).toBe(0);
    const measurement = await aiperf.parse(artifactsIn(run.folder));

    expect(measurement).toMatchObject({ requestCount: 50, errorCount: 0, warmupRequestCount: 5, cancelled: false });
    expect(server.served).toHaveLength(55);
    expect(new Set(server.served.map(({ prompt }) => prompt)).size).toBe(55);
    expect(measurement.oslTokens).toMatchObject({ min: 16, max: 16 });
    expect(measurement.engineCounters).toMatchObject({ 'vllm:generation_tokens_total': 55 * 16 });

    // The client sees what the server did and its own lateness besides, of which it reports a part itself.
    const toleranceMs = 15 + (measurement.clientDelayMs?.avg ?? 0);
    const measured = server.served.toSorted((a, b) => a.receivedMs - b.receivedMs).slice(5);
    const latencyMs = mean(measured.map(({ receivedMs, endedMs }) => endedMs - receivedMs));
    const ttftMs = mean(measured.map(({ receivedMs, firstTokenMs }) => firstTokenMs - receivedMs));
    expect(measurement.requestLatencyMs.avg).toBeGreaterThan(latencyMs - 2);
    expect(measurement.requestLatencyMs.avg).toBeLessThan(latencyMs + toleranceMs);
    expect(measurement.ttftMs?.avg).toBeGreaterThan(ttftMs - 2);
    expect(measurement.ttftMs?.avg).toBeLessThan(ttftMs + toleranceMs);
    expect(measurement.itlMs?.avg).toBeGreaterThan(9.5);
    expect(measurement.itlMs?.avg).toBeLessThan(11.5);
    expect(Date.parse(measurement.startedAt)).toBeLessThanOrEqual((measured[0]?.receivedMs ?? 0) + 1);
    expect(Math.abs(Date.parse(measurement.endedAt) - (measured.at(-1)?.endedMs ?? 0))).toBeLessThan(100);

    const { reasons } = judge(measurement, cell());
    expect(reasons.filter(({ code }) => code !== 'client-bound')).toEqual([]);
  });

  it('leaves nothing but artifacts, and no process', async () => {
    server = await startOpenAiServer();
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('aiperf'));
    const run = await load({ requestCount: 10, streaming: false }, server.url);
    const names = await artifactsIn(run.folder).list();
    expect(names).toEqual(expect.arrayContaining(['exit-code', 'stdout.log', 'metrics-before.prom', 'inputs.json']));
    expect(names.filter((name) => name.startsWith('.scratch'))).toEqual([]);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('aiperf'))).toEqual(before);
    expect(processesOf(run.folder)).toEqual([]);
    expect(await aiperf.parse(artifactsIn(run.folder))).toMatchObject({ ttftMs: null, itlMs: null });
  });
});

describe('a real load that goes wrong', () => {
  it('names the error when the engine answers 500 to everything', async () => {
    server = await startOpenAiServer({ fault: () => 'error' });
    const run = await load({ requestCount: 10 }, server.url);
    expect(run.exitCode).toBe(0);
    await expect(aiperf.parse(artifactsIn(run.folder))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining(
        'All 10 requests failed; 10 of them with: 500 Internal Server Error: out of cheese',
      ),
    });
  });

  it('says that the engine is not there', async () => {
    server = await startOpenAiServer();
    const { url } = server;
    await server.close();
    server = undefined;
    const run = await load({ requestCount: 10 }, url);
    expect(run.exitCode).toBe(0);
    expect(run.output).toContain('no engine metrics');
    await expect(aiperf.parse(artifactsIn(run.folder))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('no connection to the engine'),
    });
  });

  it('gives one hanging request up, keeps the others, and is not valid', async () => {
    server = await startOpenAiServer({ fault: (n) => (n === 20 ? 'hang' : undefined) });
    const run = await load({ requestCount: 40, timeoutSeconds: 40 }, server.url);
    const measurement = await aiperf.parse(artifactsIn(run.folder));
    expect(measurement).toMatchObject({
      requestCount: 39,
      errorCount: 1,
      errors: [{ message: 'no answer within the time of a request', count: 1 }],
    });
    expect(judge(measurement, cell({ requestCount: 40 })).reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['errors', 'occupancy']),
    );
  });

  it.each([
    ['cut', 'the engine broke its answer off in the middle'],
    ['html', 'the engine answered without any text (is it an OpenAI-compatible server?)'],
  ] as const)('counts %s answers apart, in words, and is not valid', async (fault, message) => {
    server = await startOpenAiServer({ fault: (n) => (n === 20 || n === 30 ? fault : undefined) });
    const run = await load({ requestCount: 40 }, server.url);
    const measurement = await aiperf.parse(artifactsIn(run.folder));
    expect(measurement).toMatchObject({ requestCount: 38, errorCount: 2, errors: [{ message, count: 2 }] });
    // What was cut off is in no average.
    expect(measurement.oslTokens).toMatchObject({ min: 16, max: 16 });
    expect(judge(measurement, cell({ requestCount: 40 })).reasons.map(({ code }) => code)).toContain('errors');
  });

  it('ends within the time of the cell when every request hangs, and leaves no process', async () => {
    server = await startOpenAiServer({ fault: () => 'hang' });
    const startedMs = Date.now();
    const run = await load({ requestCount: 40, timeoutSeconds: 24 }, server.url);
    expect(Date.now() - startedMs).toBeLessThan(24_000);
    expect(run.exitCode).toBe(0);
    expect(run.output).toContain('the load generator ended with 124');
    expect(processesOf(run.folder)).toEqual([]);
    await expect(aiperf.parse(artifactsIn(run.folder))).rejects.toMatchObject({ name: ErrorName.GeneratorFailed });
  });

  it('writes what it has when its pod is told to stop, marked as cancelled', async () => {
    server = await startOpenAiServer();
    const { served } = server;
    const run = await load({ requestCount: 2000 }, server.url, () => served.length > 30);
    expect(run.exitCode).toBe(0);
    expect(run.output).toContain('the load generator ended with 143');
    expect(processesOf(run.folder)).toEqual([]);
    const measurement = await aiperf.parse(artifactsIn(run.folder));
    expect(measurement.cancelled).toBe(true);
    expect(measurement.requestCount).toBeGreaterThan(0);
  });

  it('says that the generator is not installed', async () => {
    server = await startOpenAiServer();
    const nothing = { command: ['aiperf-that-is-not-there'], args: [], env: {}, unset: [] };
    const run = await runLoad(underLoadScript(nothing, 60), { engineUrl: server.url, env: generator.env });
    folders.push(run.folder);
    expect(run.exitCode).toBe(0);
    await expect(aiperf.parse(artifactsIn(run.folder))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('could not be started'),
    });
  });
});

it('installs where there is neither uv nor a cache, and says what it does', async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'stepbench-cache-'));
  folders.push(cacheDir);
  const messages: string[] = [];
  const installed = await ensureGenerator({
    name: 'aiperf',
    cacheDir,
    onProgress: (message) => messages.push(message),
  });
  expect(messages.some((message) => message.startsWith('Installing AIPerf'))).toBe(true);
  const version = execFileSync(installed.bin, ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...installed.env },
  });
  expect(version.trim()).toBe('0.13.0');
});
