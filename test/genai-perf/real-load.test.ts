import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { genaiPerf } from '#core/generators/genai-perf/genai-perf.ts';
import { underLoadScript } from '#core/generators/load-script.ts';
import type { Cell } from '#core/plan/types.ts';
import { judge } from '#core/results/validity.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { ensureGenerator, type InstalledGenerator } from '#local/generators/ensure-generator.ts';
import { sampleCell, sampleTarget } from '../core/generators/sample-cell.ts';
import { type OpenAiServer, startOpenAiServer } from '../e2e/openai-server.ts';
import { artifactsIn, type LoadRun, runLoad } from '../e2e/run-load.ts';
import { withPerfAnalyzer } from './support/private-loader.ts';

let generator: InstalledGenerator;
let server: OpenAiServer | undefined;
const folders: string[] = [];

beforeAll(async () => {
  const environment = await withPerfAnalyzer();
  generator = await ensureGenerator({
    name: 'genai-perf',
    environment,
    onProgress: (message) => console.info(message),
  });
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const cell = (over: Partial<Cell> = {}) => sampleCell({ requestCount: 20, timeoutSeconds: 120, ...over });

const target = () => sampleTarget({ model: 'openai/gpt-oss-20b', tokenizer: generator.tokenizerFolder ?? '' });

const load = async (over: Partial<Cell>, engineUrl: string, stopWhen?: () => boolean): Promise<LoadRun> => {
  const asked = cell(over);
  const invocation = underLoadScript(genaiPerf.arguments(asked, target()), asked.timeoutSeconds);
  const run = await runLoad(invocation, { engineUrl, env: generator.env, stopWhen });
  folders.push(run.folder);
  expect(run.exitCode).toBe(0);
  return run;
};

const parse = (run: LoadRun) => genaiPerf.parse(artifactsIn(run.folder));

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Processes of this machine that were started for a folder of artifacts. */
const processesOf = (folder: string) =>
  execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder));

describe('a real load of genai-perf against a server of known latency', () => {
  it('streamed: measures what the server saw, and asks for what the cell asks', async () => {
    server = await startOpenAiServer({ ttftMs: 60, itlMs: 10 });
    const run = await load({}, server.url);
    const measurement = await parse(run);

    expect(measurement).toMatchObject({ requestCount: 20, errorCount: 0, warmupRequestCount: 5, cancelled: false });
    expect(measurement.oslTokens).toMatchObject({ min: 16, max: 16 });
    expect(measurement.islTokens?.avg).toBeCloseTo(32, 0);
    expect(measurement.engineCounters).toMatchObject({ 'vllm:generation_tokens_total': 25 * 16 });

    const { served } = server;
    expect(served).toHaveLength(25);
    const bySending = served.toSorted((a, b) => a.receivedMs - b.receivedMs);
    const [warmup, measured] = [bySending.slice(0, 5), bySending.slice(5)];
    expect(new Set(measured.map(({ prompt }) => prompt)).size).toBe(20);
    // It begins anew with the first prompt: what a prefix cache then answers, its counters show.
    expect(new Set(measured.map(({ prompt }) => prompt))).toEqual(new Set(bySending.map(({ prompt }) => prompt)));
    expect(warmup).toHaveLength(5);
    for (const { body } of served) {
      expect(body).toMatchObject({ max_tokens: 16, min_tokens: 16, ignore_eos: true, stream: true });
      expect(JSON.stringify(body)).not.toContain('include_usage');
    }

    const latencyMs = mean(measured.map(({ receivedMs, endedMs }) => endedMs - receivedMs));
    const ttftMs = mean(measured.map(({ receivedMs, firstTokenMs }) => firstTokenMs - receivedMs));
    expect(measurement.requestLatencyMs.avg).toBeGreaterThan(latencyMs - 2);
    expect(measurement.requestLatencyMs.avg).toBeLessThan(latencyMs + 20);
    expect(measurement.ttftMs?.avg).toBeGreaterThan(ttftMs - 2);
    expect(measurement.ttftMs?.avg).toBeLessThan(ttftMs + 20);
    expect(measurement.itlMs?.avg).toBeGreaterThan(9.5);
    expect(measurement.itlMs?.avg).toBeLessThan(11.5);
    expect(Date.parse(measurement.startedAt)).toBeLessThanOrEqual((measured[0]?.receivedMs ?? 0) + 1);
    expect(Math.abs(Date.parse(measurement.endedAt) - (measured.at(-1)?.endedMs ?? 0))).toBeLessThan(100);
    expect(judge(measurement, cell()).reasons.map(({ code }) => code)).not.toContain('output-length');
    expect(processesOf(run.folder)).toEqual([]);
  });

  it('not streamed: has no TTFT, although its file says one', async () => {
    server = await startOpenAiServer();
    const run = await load({ streaming: false }, server.url);
    const name = (await artifactsIn(run.folder).list()).find((one) => one.endsWith('profile_export_genai_perf.json'));
    const summary = JSON.parse(await readFile(join(run.folder, name ?? ''), 'utf8'));
    expect(summary.time_to_first_token.avg).toBeCloseTo(summary.request_latency.avg, 3);
    expect(await parse(run)).toMatchObject({ ttftMs: null, itlMs: null, requestCount: 20 });
    expect(server.served.every(({ body }) => body.stream !== true)).toBe(true);
  });

  it('chat: sends messages and counts what comes back', async () => {
    server = await startOpenAiServer();
    const measurement = await parse(await load({ endpoint: 'chat' }, server.url));
    expect(measurement).toMatchObject({ requestCount: 20, oslTokens: { min: 16, max: 16 } });
    expect(measurement.ttftMs).not.toBeNull();
    expect(server.served.every(({ body }) => Array.isArray(body.messages))).toBe(true);
  });

  it('another seed sends other prompts, the same seed the same', async () => {
    server = await startOpenAiServer({ ttftMs: 5, itlMs: 1 });
    const { served, url } = server;
    const prompts = async (seed: number) => {
      served.length = 0;
      await load({ seed, requestCount: 6, concurrency: 2, warmupRequestCount: 0 }, url);
      return new Set(served.map(({ prompt }) => prompt));
    };
    const first = await prompts(1);
    expect(first.size).toBe(6);
    expect(await prompts(1)).toEqual(first);
    expect([...(await prompts(2))].filter((prompt) => first.has(prompt))).toEqual([]);
  });
});

describe('a real load of genai-perf that goes wrong', () => {
  const only = { requestCount: 10, warmupRequestCount: 0 };

  it('one 500 among good answers ends it, without a result but with the reason', async () => {
    server = await startOpenAiServer({ fault: (n) => (n === 7 ? 'error' : undefined) });
    const run = await load(only, server.url);
    expect(run.output).toMatch(/the load generator ended with [1-9]/);
    const names = await artifactsIn(run.folder).list();
    expect(names.filter((name) => name.endsWith('profile_export_genai_perf.json'))).toEqual([]);
    await expect(parse(run)).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringMatching(/the engine answered 500 .*out of cheese/),
    });
    expect(processesOf(run.folder)).toEqual([]);
  });

  it('the summary that an earlier run left in its folder is not taken for its own', async () => {
    server = await startOpenAiServer();
    const good = await load(only, server.url);
    await server.close();
    server = await startOpenAiServer({ fault: () => 'error' });
    const asked = cell(only);
    const invocation = underLoadScript(genaiPerf.arguments(asked, target()), asked.timeoutSeconds);
    const again = await runLoad(invocation, {
      engineUrl: server.url,
      env: generator.env,
      before: async (folder) => {
        await mkdir(folder, { recursive: true });
        await cp(good.folder, folder, { recursive: true });
        await rm(join(folder, 'exit-code'));
      },
    });
    folders.push(again.folder);
    const names = await artifactsIn(again.folder).list();
    expect(names.some((name) => name.endsWith('profile_export_genai_perf.json'))).toBe(true);
    await expect(parse(again)).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('the engine answered 500'),
    });
  });

  it('an engine that is not there is said to be not there', async () => {
    server = await startOpenAiServer();
    const { url } = server;
    await server.close();
    server = undefined;
    await expect(parse(await load(only, url))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('the engine did not answer'),
    });
  });

  it('a stream that is cut in the middle gives no number', async () => {
    server = await startOpenAiServer({ fault: (n) => (n === 7 ? 'cut' : undefined) });
    await expect(parse(await load(only, server.url))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('broke an answer off'),
    });
  });

  it('a page in the place of an answer gives no number', async () => {
    server = await startOpenAiServer({ fault: (n) => (n === 7 ? 'html' : undefined) });
    await expect(parse(await load(only, server.url))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringContaining('no JSON'),
    });
  });

  it('an engine that sends usage unasked is named as what genai-perf cannot read', async () => {
    server = await startOpenAiServer({ usageUnasked: true });
    await expect(parse(await load(only, server.url))).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringMatching(/without choices.*aiperf/),
    });
  });

  it('a tokenizer that is nowhere is named', async () => {
    server = await startOpenAiServer();
    const asked = cell(only);
    const invocation = genaiPerf.arguments(asked, { ...target(), tokenizer: '/nowhere/tokenizer' });
    const run = await runLoad(underLoadScript(invocation, 60), { engineUrl: server.url, env: generator.env });
    folders.push(run.folder);
    expect(server.served).toEqual([]);
    await expect(parse(run)).rejects.toMatchObject({
      name: ErrorName.GeneratorFailed,
      message: expect.stringMatching(/tokenizer.*aiperf/),
    });
  });

  it('a hang ends with the time of the cell and leaves no process', async () => {
    server = await startOpenAiServer({ fault: () => 'hang' });
    const run = await load({ ...only, timeoutSeconds: 32 }, server.url);
    expect(run.output).toContain('the load generator ended with 124');
    expect(processesOf(run.folder)).toEqual([]);
    await expect(parse(run)).rejects.toMatchObject({ message: expect.stringContaining("the cell's time was over") });
  });

  it('told to stop, it leaves no perf_analyzer that goes on sending', async () => {
    server = await startOpenAiServer();
    const { served } = server;
    let sending: string[] = [];
    const run = await load({ requestCount: 5000 }, server.url, () => {
      if (served.length < 20) return false;
      sending = processesOf('perf_analyzer').filter((line) => line.includes('--async'));
      return true;
    });
    expect(sending.length).toBeGreaterThan(0);
    expect(run.output).toContain('the load generator ended with 143');
    expect(processesOf(run.folder)).toEqual([]);
    const before = served.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(served.length).toBe(before);
    await expect(parse(run)).rejects.toMatchObject({ message: expect.stringContaining('told to stop') });
  });

  it('killed from outside, it leaves no perf_analyzer either', async () => {
    server = await startOpenAiServer();
    const { served } = server;
    const asked = cell({ requestCount: 5000 });
    let [folder, killed] = ['', 0];
    const run = await runLoad(underLoadScript(genaiPerf.arguments(asked, target()), asked.timeoutSeconds), {
      engineUrl: server.url,
      env: generator.env,
      before: async (made) => {
        folder = made;
      },
      stopWhen: () => {
        if (served.length < 20 || killed > 0) return false;
        for (const line of processesOf(folder)) {
          const [, pid] = /^\s*(\d+) \S*python\S* \S*\/genai-perf profile/.exec(line) ?? [];
          if (pid !== undefined) killed += Number(process.kill(Number(pid), 'SIGKILL'));
        }
        return false;
      },
    });
    folders.push(run.folder);
    expect(killed).toBe(1);
    expect(run.output).toContain('the load generator ended with 137');
    expect(processesOf(run.folder)).toEqual([]);
    // The server ends what it had begun, at most one request for each stream.
    const before = served.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(served.length - before).toBeLessThanOrEqual(5);
  });

  it('an option that it does not have is named', async () => {
    server = await startOpenAiServer();
    const invocation = genaiPerf.arguments(cell(only), target());
    const run = await runLoad(
      underLoadScript({ ...invocation, args: [...invocation.args, '--service-kind', 'openai'] }, 60),
      { engineUrl: server.url, env: generator.env },
    );
    folders.push(run.folder);
    expect(run.output).toContain('the load generator ended with 2');
    await expect(parse(run)).rejects.toMatchObject({
      message: expect.stringMatching(/exit code 2: .*--service-kind/),
    });
  });
});
