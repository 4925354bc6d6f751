import { type Capacity, type LatencyModel, prefillMs } from '../model/latency.ts';
import { normal, uniforms } from '../model/noise.ts';
import { Scheduler } from '../model/scheduler.ts';

/** A closed load from an empty engine, measured as the predecessor measured: completions within a window. */
export interface Replay {
  concurrency: number;
  isl: number;
  osl: number;
  /** Standard deviation of the output length over its mean. */
  oslSpread: number;
  windowMs: number;
  /** Added to each client's first request: what a cold engine compiles and captures. */
  coldStartMs: number;
}

export interface Replayed {
  requestThroughputPerS: number;
  latencyMs: number;
  latencyP99Ms: number;
}

/** A request is one event here: only its end is counted, and without jitter its tokens add nothing. */
export function replay(model: LatencyModel, capacity: Capacity, load: Replay): Replayed {
  const uniform = uniforms(load.concurrency);
  const scheduler = new Scheduler<null>(model, capacity);
  const submit = (extraMs: number, atMs: number): void => {
    const output = Math.max(4, Math.round(load.osl * (1 + load.oslSpread * normal(uniform))));
    const workMs = prefillMs(model, load.isl) + (output - 1) * model.interTokenLatencyMs + extraMs;
    scheduler.submit({ payload: null, prefillMs: workMs, gapMs: () => 0, outputTokens: 1, kvBlocks: 0 }, atMs);
  };
  for (let client = 0; client < load.concurrency; client++) submit(load.coldStartMs, 0);
  const latencies: number[] = [];
  for (let event = scheduler.next(load.windowMs); event !== undefined; event = scheduler.next(load.windowMs)) {
    latencies.push(event.atMs - event.ticket.submittedAtMs);
    submit(0, event.atMs);
  }
  latencies.sort((a, b) => a - b);
  return {
    requestThroughputPerS: (latencies.length / load.windowMs) * 1000,
    latencyMs: latencies.reduce((sum, latency) => sum + latency, 0) / Math.max(1, latencies.length),
    latencyP99Ms: latencies[Math.floor(0.99 * (latencies.length - 1))] ?? 0,
  };
}
