import type { TimerClock } from '#local/clock/timer-clock.ts';

/** Lets time pass until the check holds. @throws when it does not within `limitMs`. */
export const untilIn =
  (clock: TimerClock, { stepMs = 500, limitMs = 3_600_000 } = {}) =>
  async (check: () => Promise<boolean>): Promise<void> => {
    const endMs = clock.nowMs() + limitMs;
    while (!(await check())) {
      if (clock.nowMs() > endMs) throw new Error(`not within ${limitMs} ms: ${check}`);
      await clock.sleep(stepMs);
    }
  };
