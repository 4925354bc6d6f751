import { ErrorName, StepBenchError } from '../workflow/errors.ts';

/** The furthest from 1970 that JavaScript has a date for, in ms. */
const LAST_MS = 8.64e15;

/**
 * When the first measured request was sent and the last response came, as a row has it.
 * @param firstSentMs and lastReceivedMs since the epoch, infinite when there were none.
 * @param name of the file that they are from.
 * @throws StepBenchError ArtifactsInvalid when no request was measured, or a time is no date.
 */
export function requestWindow(
  { firstSentMs, lastReceivedMs }: { firstSentMs: number; lastReceivedMs: number },
  name: string,
): { startedAt: string; endedAt: string; durationSeconds: number } {
  if (firstSentMs === Number.POSITIVE_INFINITY || lastReceivedMs === Number.NEGATIVE_INFINITY) {
    throw new StepBenchError(ErrorName.ArtifactsInvalid, `${name} has no measured request.`, {
      nextStep: "Look at the generator's and the engine's log: nothing was answered.",
    });
  }
  if (![firstSentMs, lastReceivedMs].every((ms) => Math.abs(ms) <= LAST_MS)) {
    throw new StepBenchError(ErrorName.ArtifactsInvalid, `${name} has a time that is no date.`, {
      nextStep: "Look at the file among the artifacts, and at the clock of the load generator's machine.",
    });
  }
  return {
    startedAt: new Date(firstSentMs).toISOString(),
    endedAt: new Date(lastReceivedMs).toISOString(),
    durationSeconds: (lastReceivedMs - firstSentMs) / 1000,
  };
}
