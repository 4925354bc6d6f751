import { RealClock } from '#local/clock/real-clock.ts';

/** A cluster of the loopback interface needs no minutes: nobody between two polls waits longer than this. */
const LONGEST_WAIT_MS = 1_000;

/** The time of day, for a state machine that polls more often than it says. */
export class HurriedClock extends RealClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(Math.min(ms, LONGEST_WAIT_MS), signal);
  }
}
