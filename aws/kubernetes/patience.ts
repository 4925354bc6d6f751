import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, isPassing } from './api-errors.ts';

/** How long one call to the API server may take, and what measures it. */
export interface Patience {
  /** Of one request, its answer included. */
  requestMs: number;
  /** No further try is begun after this: a function has 60 s, and the state machine tries again by itself. */
  callMs: number;
  sleep: (milliseconds: number) => Promise<unknown>;
  nowMs: () => number;
}

export const PATIENCE: Patience = { requestMs: 10_000, callMs: 15_000, sleep: delay, nowMs: () => performance.now() };

/** 250, 500, 1,000, 2,000 ms ..., unless the server said how long. */
const FIRST_PAUSE_MS = 250;

/**
 * Tries again what passes, until the call has taken too long. Every call is harmless twice: server-side apply,
 * a deletion by name, and reads.
 */
export async function patiently<T>({ callMs, sleep, nowMs }: Patience, work: () => Promise<T>): Promise<T> {
  const startedMs = nowMs();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const asked = error instanceof ApiError ? error.retryAfterSeconds : undefined;
      const waitMs = asked === undefined ? pauseMs : asked * 1000;
      if (nowMs() - startedMs + waitMs > callMs) throw error;
      await sleep(waitMs);
    }
  }
}
