import type { CancelTimer, TimerClock } from './timer-clock.ts';

/** The longest delay that setTimeout takes (2^31 - 1 ms, 24.8 days); a longer one would fire at once. */
const longestTimeoutMs = 2 ** 31 - 1;

export class RealClock implements TimerClock {
  nowMs(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  after(ms: number, callback: () => void): CancelTimer {
    const deadlineMs = Date.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      timer = setTimeout(
        () => {
          const stillLeftMs = deadlineMs - Date.now();
          if (leftMs > longestTimeoutMs && stillLeftMs > 0) arm(stillLeftMs);
          else callback();
        },
        Math.min(Math.max(0, leftMs), longestTimeoutMs),
      );
    };
    arm(ms);
    return () => clearTimeout(timer);
  }

  busy<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}
