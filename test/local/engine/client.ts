import { afterEach } from 'vitest';
import { ZERO_LATENCY } from '#local/engine/model/latency.ts';
import type { Profile } from '#local/engine/model/profiles.ts';
import type { EngineOptions } from '#local/engine/options.ts';
import { createEngine, type Engine } from '#local/engine/server.ts';

/** Answers at once, so that tests wait for nothing. */
export const INSTANT: Profile = {
  latency: ZERO_LATENCY,
  capacity: { maxNumSeqs: 4, kvCacheTokens: 100_000, blockSizeTokens: 16 },
  source: 'custom',
  provenance: 'a test',
};

export const withLatency = (
  over: Partial<Profile['latency']>,
  capacity: Partial<Profile['capacity']> = {},
): Profile => ({
  ...INSTANT,
  latency: { ...ZERO_LATENCY, ...over },
  capacity: { ...INSTANT.capacity, ...capacity },
});

const open: Engine[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()));
});

/** An engine that the test need not close. */
export async function startEngine(options: Partial<EngineOptions> = {}, crash?: (why: string) => void) {
  const engine = createEngine({ profile: INSTANT, shutdownTimeoutMs: 0, ...options }, crash);
  open.push(engine);
  const url = `http://127.0.0.1:${await engine.listen()}`;
  const post = (path: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  return { engine, url, get: (path: string) => fetch(url + path), post };
}

/** The payloads of an event stream, `[DONE]` left out, and whether it came. */
export function events(text: string) {
  const payloads = text.split('\n\n').filter((part) => part !== '');
  const done = payloads.at(-1) === 'data: [DONE]';
  // biome-ignore lint/suspicious/noExplicitAny: tests look into what came
  const parsed: any[] = payloads.slice(0, done ? -1 : undefined).map((part) => JSON.parse(part.replace(/^data: /, '')));
  return { done, parsed };
}

export async function metric(url: string, sample: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(sample));
  if (line === undefined) throw new Error(`no ${sample} in ${text}`);
  return Number(line.slice(line.lastIndexOf(' ')));
}
