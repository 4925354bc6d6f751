import type { Clock } from '#core/ports/clock.ts';

/** Takes a timer back; harmless after it fired. */
export type CancelTimer = () => void;

/** A clock that can also wait. Everything local that waits does so through this, so that time can be virtual. */
export interface TimerClock extends Clock {
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after `ms` milliseconds. Timers due at the same time fire in the order in which they were set. */
  after(ms: number, callback: () => void): CancelTimer;
  /**
   * Runs work that really does something (file I/O, a task handler): virtual time stands still meanwhile,
   * except while the work itself sleeps on this clock.
   */
  busy<T>(work: () => Promise<T>): Promise<T>;
}
