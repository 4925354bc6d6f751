import type { CancelTimer, TimerClock } from '#local/clock/timer-clock.ts';

/** The timers of one cluster, which end with it: a forgotten one would keep the process, or virtual time, going. */
export class Timers {
  readonly clock: TimerClock;
  readonly #cancels = new Set<CancelTimer>();
  #closed = false;

  constructor(clock: TimerClock) {
    this.clock = clock;
  }

  after(ms: number, callback: () => void): CancelTimer {
    if (this.#closed) return () => {};
    const cancelTimer = this.clock.after(ms, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    const cancel = () => {
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }
}
