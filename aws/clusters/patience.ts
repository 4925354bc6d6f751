import { setTimeout as delay } from 'node:timers/promises';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import { isForbidden } from '../kubernetes/api-errors.ts';

/** What measures the wait until a cluster knows its new admin. */
export interface Patience {
  /** All of it: the function has 60 s, and must give its rights up before they are over. */
  totalMs: number;
  sleep: (milliseconds: number) => Promise<unknown>;
  nowMs: () => number;
}

export const PATIENCE: Patience = { totalMs: 35_000, sleep: delay, nowMs: () => performance.now() };

const PAUSE_MS = 1_000;

/** The cluster does not know its admin at all: it will, in a while. */
export class NotLetInYet extends StepBenchError {
  constructor(cause: Error) {
    super(ErrorName.Retryable, cause.message, { cause });
  }
}

/**
 * An access entry is there at once and takes effect seconds later, in each server of the API by itself: until then
 * the cluster does not know us, or knows us without rights.
 * @throws StepBenchError Retryable when it still does not when the time is over.
 */
export async function onceLetIn<T>(patience: Patience, startedMs: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isError(error, ErrorName.Retryable) && !isForbidden(error)) throw error;
      if (patience.nowMs() - startedMs + PAUSE_MS > patience.totalMs) {
        throw new StepBenchError(
          ErrorName.Retryable,
          `The cluster does not let its admin in yet: ${(error as Error).message}`,
          {
            cause: error,
          },
        );
      }
      await patience.sleep(PAUSE_MS);
    }
  }
}
