import { ErrorName, StepBenchError } from '../../workflow/errors.ts';

/**
 * Whole seconds until the deadline, rounded down: what we make ends early rather than late.
 * @throws StepBenchError DeadlinePassed when less than a second is left.
 */
export function secondsLeft(deadline: string, nowMs: number): number {
  const seconds = Math.floor((Date.parse(deadline) - nowMs) / 1000);
  if (seconds >= 1) return seconds;
  throw new StepBenchError(ErrorName.DeadlinePassed, `The deadline ${deadline} has passed: nothing more is started.`);
}
