import type { HistoryEvent } from './execution-event.ts';

/**
 * The warnings of a run as its execution's variable has them last: an execution that fails has no output to tell them
 * in. Undefined while nothing was assigned to it, and where AWS has cut it short.
 */
export function lastWarnings(events: readonly Pick<HistoryEvent, 'stateExitedEventDetails'>[]): string[] | undefined {
  const text = events
    .map((event) => event.stateExitedEventDetails?.assignedVariables?.warnings)
    .findLast((assigned) => assigned !== undefined);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as string[]);
  } catch {
    return undefined;
  }
}
