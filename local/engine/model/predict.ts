import { type Capacity, kvBlocks, kvBlocksInAll, type LatencyModel, loadFactor, prefillMs } from './latency.ts';

/** A closed load keeps `concurrency` requests in flight; an open one sends `requestRate` a second. Lengths in tokens. */
export type Load = { isl: number; osl: number } & (
  | { concurrency: number; requestRate?: undefined }
  | { requestRate: number; concurrency?: undefined }
);

/** A profile is one. */
export interface Engine {
  latency: LatencyModel;
  capacity: Capacity;
}

export interface Prediction {
  requestThroughputPerS: number;
  outputTokensPerS: number;
  /** Mean, queueing included. */
  ttftMs: number;
  /** Mean; 0 for outputs of one token. */
  itlMs: number;
  /** Mean, queueing included. */
  latencyMs: number;
  /** Mean sequences in the running batch. */
  running: number;
  /** An open load above what the engine serves: the queue grows without end, and the latencies leave it out. */
  saturated: boolean;
}

/** Steady state of the model, without noise. What a simulated run converges to; tests compare the two. */
export function predict(engine: Engine, load: Load): Prediction {
  const { latency: model, capacity } = engine;
  const seats = seatsFor(capacity, load);
  const serviceMs = (running: number): number => aloneMs(model, load) * loadFactor(model, running);
  if (load.concurrency !== undefined) {
    const running = Math.min(load.concurrency, seats);
    return steady(model, load, running, (load.concurrency - running) * (serviceMs(running) / running), false);
  }
  const capacityPerS = (seats / serviceMs(seats)) * 1000;
  if (load.requestRate >= capacityPerS) return steady(model, load, seats, 0, true);
  return steady(model, load, runningAt(load.requestRate / 1000, seats, serviceMs), 0, false);
}

/** How many such requests fit at once: seats in the batch, or room in the KV cache. */
function seatsFor(capacity: Capacity, load: Load): number {
  const byCache = Math.floor(kvBlocksInAll(capacity) / kvBlocks(capacity, load.isl + load.osl));
  return Math.max(1, Math.min(capacity.maxNumSeqs, byCache));
}

const aloneMs = (model: LatencyModel, load: Load): number =>
  prefillMs(model, load.isl) + Math.max(0, load.osl - 1) * model.interTokenLatencyMs;

/** Little's law, running = rate x service(running), solved by halving: the left side less the right rises with it. */
function runningAt(ratePerMs: number, seats: number, serviceMs: (running: number) => number): number {
  let low = 0;
  let high = seats;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (middle < ratePerMs * serviceMs(middle)) low = middle;
    else high = middle;
  }
  return high;
}

function steady(model: LatencyModel, load: Load, running: number, queueMs: number, saturated: boolean): Prediction {
  const factor = loadFactor(model, running);
  const serviceMs = aloneMs(model, load) * factor;
  const perS = load.requestRate !== undefined && !saturated ? load.requestRate : (running / serviceMs) * 1000;
  return {
    requestThroughputPerS: perS,
    outputTokensPerS: perS * load.osl,
    ttftMs: queueMs + prefillMs(model, load.isl) * factor,
    itlMs: load.osl > 1 ? model.interTokenLatencyMs * factor : 0,
    latencyMs: queueMs + serviceMs,
    running,
    saturated,
  };
}
