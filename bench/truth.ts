import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Generator } from '#core/generators/generator.ts';
import { generatorFor } from '#core/generators/generators.ts';
import { underLoadScript } from '#core/generators/load-script.ts';
import type { Cell, GeneratorName } from '#core/plan/types.ts';
import type { Measurement } from '#core/results/measurement.ts';
import { judge } from '#core/results/validity.ts';
import { judgeTtft } from '#core/results/validity-ttft.ts';
import { StepBenchError } from '#core/workflow/errors.ts';
import { ensureGenerator, type InstalledGenerator } from '#local/generators/ensure-generator.ts';
import { artifactsIn, runLoad } from '#test/e2e/run-load.ts';
import { withPerfAnalyzer } from '#test/genai-perf/support/private-loader.ts';
import type { Order, Served } from './truth/server.ts';

/**
 * The generators' figures against the server's own log of the very same requests, at 1 to 200 streams. A figure that
 * is further off than 2 % must be of a cell that is not valid, or be a TTFT that is not: where it is not, this ends
 * with 1.
 *
 * Two servers: one whose load a laptop's client can follow (some 20 requests and 700 tokens a second, as a GPU of
 * the A10G's kind gives), and one that is faster than its client.
 */
const OSL = 32;
const WAVES = 5;
const TTFT_MS = 100;
const SERVERS = { steady: { 1: 10, 10: 20, 50: 80, 200: 320 }, fast: { 1: 10, 10: 10, 50: 10, 200: 10 } } as const;
const STREAMS = [1, 10, 50, 200] as const;
const MOST_DEVIATION = 0.02;
const TIMEOUT_SECONDS = 300;

interface Figures {
  latencyMs: number;
  ttftMs: number;
  ttftP95Ms: number;
  itlMs: number;
  requestsPerS: number;
  tokensPerS: number;
}

async function main(): Promise<void> {
  const many = { type: 'string', multiple: true } as const;
  const { values } = parseArgs({ options: { generator: many, server: many, streams: many } });
  const names = (values.generator ?? ['aiperf', 'genai-perf']) as GeneratorName[];
  console.log(
    `${new Date().toISOString()}, ${cpus().length} x ${cpus()[0]?.model}, load ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}\n`,
  );
  console.log(
    '| generator | server | streams | latency ms | TTFT ms | TTFT p95 ms | ITL ms | requests/s | tokens/s | client | judged |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  let broken = 0;
  for (const name of names) {
    const environment = name === 'genai-perf' ? await withPerfAnalyzer() : process.env;
    const installed = await ensureGenerator({ name, environment, onProgress: (text) => console.error(text) });
    for (const [server, itls] of Object.entries(SERVERS)) {
      if (values.server?.includes(server) === false) continue;
      for (const streams of STREAMS) {
        if (values.streams?.includes(String(streams)) === false) continue;
        broken += await compare(name, installed, { server, streams, itlMs: itls[streams] });
      }
    }
  }
  console.log(`\n${broken} cells that are called valid and are not true`);
  process.exitCode = broken === 0 ? 0 : 1;
}

/** One cell: a line of the table. @returns 1 when it is called valid and is not true. */
async function compare(
  name: GeneratorName,
  installed: InstalledGenerator,
  { server, streams, itlMs }: { server: string; streams: number; itlMs: number },
): Promise<number> {
  const child = fork(new URL('./truth/server.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    await told(child, { ttftMs: TTFT_MS, itlMs });
    const cell = cellOf(streams);
    const measurement = await measure(generatorFor(name), installed, cell, `http://127.0.0.1:${port}`);
    if (measurement instanceof StepBenchError) {
      console.log(`| ${name} | ${server} | ${streams} | | | | | | | | no figures: ${measurement.message} |`);
      return 0;
    }
    const truth = truthOf((await told(child, 'log')) as Served[], cell);
    const { valid, reasons } = judge(measurement, cell);
    const seen = figuresOf(measurement);
    const off = Object.keys(truth).map((key) => seen[key as keyof Figures] / truth[key as keyof Figures] - 1);
    const columns = Object.entries(truth).map(([key, value], index) =>
      shown(value, seen[key as keyof Figures], off[index] ?? 0),
    );
    const ttft = judgeTtft(measurement, cell) ?? { valid: false, reasons: [] };
    const judged = [...(valid ? ['valid'] : reasons), ...ttft.reasons]
      .map((one) => (typeof one === 'string' ? one : one.code))
      .join(', ');
    console.log(`| ${name} | ${server} | ${streams} | ${columns.join(' | ')} | ${clientOf(measurement)} | ${judged} |`);
    return valid && !isTrue(truth, seen, ttft.valid) ? 1 : 0;
  } finally {
    child.kill();
  }
}

function isTrue({ ttftMs, ttftP95Ms, ...others }: Figures, seen: Figures, ttftIsValid: boolean): boolean {
  const claimed: Partial<Figures> = ttftIsValid ? { ...others, ttftMs, ttftP95Ms } : others;
  return Object.entries(claimed).every(
    ([key, value]) => Math.abs(seen[key as keyof Figures] / value - 1) <= MOST_DEVIATION,
  );
}

async function told(child: ChildProcess, order: Order): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(order);
  return (await answer)[0];
}

const cellOf = (streams: number): Cell => ({
  id: 'truth',
  concurrency: streams,
  requestRate: null,
  isl: 32,
  islStddev: 0,
  osl: OSL,
  oslStddev: 0,
  endpoint: 'completions',
  streaming: true,
  dataset: 'synthetic',
  repeat: 1,
  requestCount: Math.max(20, WAVES * streams),
  warmupRequestCount: streams,
  seed: 7,
  attempt: 1,
  timeoutSeconds: TIMEOUT_SECONDS,
});

async function measure(
  generator: Generator,
  installed: InstalledGenerator,
  cell: Cell,
  engineUrl: string,
): Promise<Measurement | StepBenchError> {
  const invocation = generator.arguments(cell, {
    model: 'openai/gpt-oss-20b',
    engineUrlVariable: '$(ENGINE_URL)',
    artifactDirVariable: '$(ARTIFACT_DIR)',
    tokenizer: installed.tokenizerFolder ?? 'builtin',
  });
  const run = await runLoad(underLoadScript(invocation, cell.timeoutSeconds), { engineUrl, env: installed.env });
  try {
    return await generator.parse(artifactsIn(run.folder));
  } catch (error) {
    if (error instanceof StepBenchError) return error;
    throw error;
  } finally {
    await rm(run.folder, { recursive: true, force: true });
  }
}

/** The log without the warm-up, whose requests came first. */
function truthOf(served: readonly Served[], cell: Cell): Figures {
  const measured = served.toSorted((a, b) => a.receivedMs - b.receivedMs).slice(-cell.requestCount);
  const mean = (of: (one: Served) => number) => measured.reduce((sum, one) => sum + of(one), 0) / measured.length;
  const ttfts = measured.map((one) => one.firstTokenMs - one.receivedMs).sort((a, b) => a - b);
  const first = Math.min(...measured.map(({ receivedMs }) => receivedMs));
  const last = Math.max(...measured.map(({ endedMs }) => endedMs));
  const requestsPerS = measured.length / ((last - first) / 1000);
  return {
    latencyMs: mean((one) => one.endedMs - one.receivedMs),
    ttftMs: mean((one) => one.firstTokenMs - one.receivedMs),
    ttftP95Ms: ttfts[Math.ceil(0.95 * ttfts.length) - 1] ?? Number.NaN,
    itlMs: mean((one) => (one.endedMs - one.firstTokenMs) / (one.tokens - 1)),
    requestsPerS,
    tokensPerS: requestsPerS * mean((one) => one.tokens),
  };
}

const figuresOf = (measurement: Measurement): Figures => ({
  latencyMs: measurement.requestLatencyMs.avg,
  ttftMs: measurement.ttftMs?.avg ?? Number.NaN,
  ttftP95Ms: measurement.ttftMs?.p95 ?? Number.NaN,
  itlMs: measurement.itlMs?.avg ?? Number.NaN,
  requestsPerS: measurement.requestThroughputPerS,
  tokensPerS: measurement.outputTokensPerS,
});

/** What the generator says of its own work, and how busy the machine was. */
const clientOf = ({ clientDelayMs, clientSendMs, clientCpuShare }: Measurement): string =>
  [
    ...(clientDelayMs === null ? [] : [`wait ${clientDelayMs.avg.toFixed(1)} ms`]),
    ...(clientSendMs == null ? [] : [`send ${clientSendMs.avg.toFixed(1)} ms`]),
    ...(typeof clientCpuShare === 'number' ? [`CPU ${(clientCpuShare * 100).toFixed(0)} %`] : []),
  ].join(', ') || '-';

/** `truth → seen (+1.2 %)`. */
const shown = (truth: number, seen: number, off: number): string =>
  `${digits(truth)} → ${digits(seen)} (${off >= 0 ? '+' : ''}${(off * 100).toFixed(1)} %)`;

const digits = (value: number): string => value.toFixed(value >= 100 ? 0 : 1);

await main();
