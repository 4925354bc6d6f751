import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { predict } from '#local/engine/model/predict.ts';
import { type Profile, profileFor } from '#local/engine/model/profiles.ts';

/**
 * What a client sees of the simulated engine against what the engine's model says. The engine is a process of its own;
 * the client here speaks HTTP over a bare socket, so that no client library's delay is measured. A closed load, every
 * stream sends its rounds of requests one after another, after one that warms both processes up, as load generators do.
 * `engine` is what `/metrics` says of the very same requests; `model` is predict(), without noise and without a clock.
 */
const ISL = 200;
const OSL = 100;
const CASES = [
  { streams: 10, rounds: 8, timeScale: 1 },
  { streams: 50, rounds: 6, timeScale: 1 },
  { streams: 200, rounds: 3, timeScale: 1 },
  { streams: 10, rounds: 8, timeScale: 0.1 },
  { streams: 50, rounds: 6, timeScale: 0.1 },
  { streams: 200, rounds: 3, timeScale: 0.1 },
];
const INSTANCE = { instanceType: 'g5.12xlarge', tensorParallel: 4, model: 'openai/gpt-oss-20b' };

interface Timing {
  ttftMs: number;
  itlMs: number;
  latencyMs: number;
}

async function main(): Promise<void> {
  const profile = profileFor(INSTANCE);
  console.log(`${INSTANCE.instanceType} TP=${INSTANCE.tensorParallel}, ISL ${ISL}, OSL ${OSL}\n`);
  console.log(
    'streams scale |        TTFT ms             |         ITL ms             |      latency ms            | CPU',
  );
  console.log(
    '              | client  engine  error model | client  engine  error model | client  engine  error model |',
  );
  for (const { streams, rounds, timeScale } of CASES) {
    const { client, engine, cpuShare } = await measure(streams, rounds, timeScale);
    const model = modelTiming(profile, streams, timeScale);
    const columns = (['ttftMs', 'itlMs', 'latencyMs'] as const).map(
      (key) =>
        `${cell(client[key])} ${cell(engine[key])} ${percent(client[key], engine[key])} ${percent(client[key], model[key])}`,
    );
    console.log(
      `${String(streams).padStart(7)} ${String(timeScale).padStart(5)} | ${columns.join(' | ')} | ${(cpuShare * 100).toFixed(0)} %`,
    );
  }
}

async function measure(streams: number, rounds: number, timeScale: number) {
  const child = startEngine(timeScale);
  try {
    const port = await listeningPort(child);
    while (!(await get(port, '/health')).includes(' 200 ')) await new Promise((resolve) => setTimeout(resolve, 50));
    const sockets = Array.from({ length: streams }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
    await runStreams(sockets, ['warm-up']);
    const before = { atMs: performance.now(), cpuS: cpuSeconds(child.pid!), metrics: await get(port, '/metrics') };
    const timings = await runStreams(
      sockets,
      Array.from({ length: rounds }, (_, round) => `round ${round}`),
    );
    const seconds = (performance.now() - before.atMs) / 1000;
    const cpuShare = (cpuSeconds(child.pid!) - before.cpuS) / seconds;
    for (const socket of sockets) socket.destroy();
    return { client: mean(timings), engine: engineTiming(before.metrics, await get(port, '/metrics')), cpuShare };
  } finally {
    child.kill();
  }
}

function startEngine(timeScale: number): ChildProcess {
  const main = new URL('../local/engine/main.ts', import.meta.url).pathname;
  const flags = {
    'instance-type': INSTANCE.instanceType,
    'tensor-parallel-size': INSTANCE.tensorParallel,
    'time-scale': timeScale,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function listeningPort(child: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line).listening;
  throw new Error('the engine ended before it listened');
}

async function runStreams(sockets: Socket[], rounds: string[]): Promise<Timing[]> {
  const streams = sockets.map(async (socket, stream) => {
    const timings: Timing[] = [];
    for (const round of rounds) timings.push(await request(socket, `${round} of ${stream}`));
    return timings;
  });
  return (await Promise.all(streams)).flat();
}

/** Times are taken where bytes arrive; an event is counted by its `data: `, without parsing what it says. */
function request(socket: Socket, name: string): Promise<Timing> {
  const prompt = `${name}${' word'.repeat(ISL - 4)}`;
  const body = JSON.stringify({ prompt, max_tokens: OSL, ignore_eos: true, stream: true });
  return new Promise((resolve, reject) => {
    let events = 0;
    let firstAtMs = 0;
    let lastAtMs = 0;
    const sentAtMs = performance.now();
    const onData = (bytes: Buffer): void => {
      const atMs = performance.now();
      for (let at = bytes.indexOf('data: '); at >= 0; at = bytes.indexOf('data: ', at + 6)) {
        if (++events === 1) firstAtMs = atMs;
        if (events === OSL) lastAtMs = atMs;
      }
      if (bytes.indexOf('[DONE]') < 0) return;
      socket.off('data', onData);
      if (events !== OSL + 1) reject(new Error(`${events} events`));
      resolve({
        ttftMs: firstAtMs - sentAtMs,
        itlMs: (lastAtMs - firstAtMs) / (OSL - 1),
        latencyMs: lastAtMs - sentAtMs,
      });
    };
    socket.on('data', onData);
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
}

function get(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  });
}

function engineTiming(before: string, after: string): Timing {
  const read = (text: string, name: string): number =>
    Number(new RegExp(`^vllm:${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1]);
  const grown = (name: string): number => read(after, name) - read(before, name);
  const average = (name: string): number => (grown(`${name}_sum`) / grown(`${name}_count`)) * 1000;
  return {
    ttftMs: average('time_to_first_token_seconds'),
    itlMs: average('inter_token_latency_seconds'),
    latencyMs: average('e2e_request_latency_seconds'),
  };
}

function modelTiming(profile: Profile, streams: number, timeScale: number): Timing {
  const { ttftMs, itlMs, latencyMs } = predict(profile, { concurrency: streams, isl: ISL, osl: OSL });
  return { ttftMs: ttftMs * timeScale, itlMs: itlMs * timeScale, latencyMs: latencyMs * timeScale };
}

function mean(timings: Timing[]): Timing {
  const of = (key: keyof Timing): number => timings.reduce((sum, timing) => sum + timing[key], 0) / timings.length;
  return { ttftMs: of('ttftMs'), itlMs: of('itlMs'), latencyMs: of('latencyMs') };
}

/** User and system time; clock ticks are 100 a second on Linux. NaN elsewhere. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

const cell = (value: number): string => value.toFixed(value < 1000 ? 2 : 0).padStart(7);
const percent = (seen: number, expected: number): string => `${((seen / expected - 1) * 100).toFixed(1)}%`.padStart(6);

await main();
