import type { Clock } from '#core/ports/clock.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

/** Every poll asks this: the budget stop that needs no timer. */
export function assertBefore(deadline: string, clock: Clock, what: string): void {
  if (clock.nowMs() < Date.parse(deadline)) return;
  throw new StepBenchError(ErrorName.DeadlinePassed, `${what}: the deadline ${deadline} has passed.`, {
    nextStep: 'Raise budgetUsd, or measure fewer cells on a deployment.',
  });
}
