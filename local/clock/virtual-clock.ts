import { AsyncLocalStorage } from 'node:async_hooks';
import type { CancelTimer, TimerClock } from './timer-clock.ts';
import { TimerQueue } from './timer-queue.ts';

/** A piece of work inside `busy`; it holds time still while `sleepers` is 0. */
interface Work {
  parent: Work | undefined;
  /** Sleeps under way in this work or in work started by it. */
  sleepers: number;
  ended: boolean;
  awakeSinceMs: number;
}

/**
 * Time that jumps to the next timer when nothing is going on. Nothing is going on when no work inside `busy`
 * is awake and every promise chain has drained (checked from setImmediate). It never goes backwards.
 *
 * A handler that hangs for ever would hold time still for ever, and with it the very timeout that should end
 * it: after `stallAfterMs` of real time an awake work no longer holds time.
 */
export class VirtualClock implements TimerClock {
  #nowMs: number;
  readonly #stallAfterMs: number;
  readonly #timers = new TimerQueue();
  readonly #awake = new Set<Work>();
  readonly #current = new AsyncLocalStorage<Work | undefined>();
  #checkPending = false;
  #stopped = false;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(options: { startMs?: number; stallAfterMs?: number } = {}) {
    this.#nowMs = options.startMs ?? Date.UTC(2026, 0, 1);
    this.#stallAfterMs = options.stallAfterMs ?? 10_000;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const work = this.#current.getStore();
      this.#fallAsleep(work);
      const onAbort = () => {
        this.#timers.cancel(timer);
        this.#wakeUp(work);
        reject(signal?.reason);
      };
      const timer = this.#timers.add(this.#deadline(ms), () => {
        signal?.removeEventListener('abort', onAbort);
        this.#wakeUp(work);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#checkSoon();
    });
  }

  after(ms: number, callback: () => void): CancelTimer {
    const timer = this.#timers.add(this.#deadline(ms), () => this.#current.run(undefined, callback));
    this.#checkSoon();
    return () => this.#timers.cancel(timer);
  }

  /** Time stands still for good: whoever waits for it waits for ever, and nothing keeps the process. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#stallTimer);
  }

  async busy<T>(work: () => Promise<T>): Promise<T> {
    const entry: Work = {
      parent: this.#current.getStore(),
      sleepers: 0,
      ended: false,
      awakeSinceMs: performance.now(),
    };
    this.#awake.add(entry);
    try {
      return await this.#current.run(entry, work);
    } finally {
      entry.ended = true;
      this.#rest(entry);
    }
  }

  #deadline(ms: number): number {
    return this.#nowMs + (ms > 0 ? ms : 0);
  }

  #fallAsleep(work: Work | undefined): void {
    for (let at = work; at !== undefined; at = at.parent) {
      if (++at.sleepers === 1) this.#rest(at);
    }
  }

  #wakeUp(work: Work | undefined): void {
    for (let at = work; at !== undefined; at = at.parent) {
      if (--at.sleepers === 0 && !at.ended) {
        at.awakeSinceMs = performance.now();
        this.#awake.add(at);
      }
    }
  }

  #rest(work: Work): void {
    this.#awake.delete(work);
    if (this.#awake.size > 0) return;
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#checkSoon();
  }

  #checkSoon(): void {
    if (this.#stopped || this.#checkPending || this.#timers.size === 0) return;
    this.#checkPending = true;
    setImmediate(() => {
      this.#checkPending = false;
      this.#check();
    });
  }

  #check(): void {
    if (this.#stopped) return;
    if (this.#awake.size > 0) {
      this.#watchForStall();
      return;
    }
    const next = this.#timers.peek();
    if (next === undefined) return;
    this.#nowMs = Math.max(this.#nowMs, next.deadlineMs);
    // A timer that is cancelled by one that fires before it at the same time does not fire.
    for (const timer of this.#timers.takeDue(this.#nowMs)) {
      if (!timer.cancelled) timer.fire();
    }
    this.#checkSoon();
  }

  #watchForStall(): void {
    if (this.#stallTimer !== undefined) return;
    this.#stallTimer = setTimeout(() => {
      this.#stallTimer = undefined;
      const stalledBeforeMs = performance.now() - this.#stallAfterMs;
      for (const work of [...this.#awake]) {
        if (work.awakeSinceMs <= stalledBeforeMs) this.#awake.delete(work);
      }
      this.#checkSoon();
    }, this.#stallAfterMs);
  }
}
