import { explain } from '../workflow/failure.ts';
import type { Failure } from '../workflow/payload.ts';
import type { HistoryEvent } from './execution-event.ts';

/** What an event of a history means for the progress of a run; most events mean nothing for it. */
export type Step = { readonly atMs: number } & (
  | { readonly kind: 'start'; readonly input: unknown }
  | { readonly kind: 'enter'; readonly state: string }
  | { readonly kind: 'call'; readonly state: string; readonly payload: unknown; readonly again: boolean }
  | { readonly kind: 'return'; readonly state: string; readonly payload: unknown }
  | { readonly kind: 'throw'; readonly state: string; readonly error: string; readonly message: string }
  | { readonly kind: 'map-end'; readonly state: string }
  | { readonly kind: 'end'; readonly outcome: EndOutcome; readonly output: unknown; readonly failure?: Failure }
);

type EndOutcome = 'succeeded' | 'failed' | 'aborted' | 'timed-out';

/**
 * @param state the state under way.
 * @param calls how often its task was called, this event included.
 */
export function stepOf(event: HistoryEvent, state: string, calls: number): Step | undefined {
  const atMs = Date.parse(event.timestamp);
  if (event.stateEnteredEventDetails !== undefined) return { kind: 'enter', state, atMs };
  switch (event.type) {
    case 'ExecutionStarted':
      return { kind: 'start', input: parsed(event.executionStartedEventDetails?.input), atMs };
    case 'TaskScheduled': {
      const payload = field(parsed(event.taskScheduledEventDetails?.parameters), 'Payload');
      return { kind: 'call', state, payload, again: calls > 1, atMs };
    }
    case 'TaskSucceeded':
      return {
        kind: 'return',
        state,
        payload: field(parsed(event.taskSucceededEventDetails?.output), 'Payload'),
        atMs,
      };
    case 'TaskFailed':
    case 'TaskTimedOut': {
      const { error, cause } = failureOf(event.taskFailedEventDetails ?? event.taskTimedOutEventDetails);
      return { kind: 'throw', state, error: error || 'States.Timeout', message: cause, atMs };
    }
    case 'MapStateSucceeded':
      return { kind: 'map-end', state, atMs };
    case 'ExecutionSucceeded':
      return { kind: 'end', outcome: 'succeeded', output: parsed(event.executionSucceededEventDetails?.output), atMs };
    case 'ExecutionFailed':
      return ended('failed', event.executionFailedEventDetails, atMs);
    case 'ExecutionAborted':
      return ended('aborted', event.executionAbortedEventDetails, atMs);
    case 'ExecutionTimedOut':
      return ended('timed-out', event.executionTimedOutEventDetails, atMs);
    default:
      return undefined;
  }
}

const ended = (outcome: EndOutcome, details: unknown, atMs: number): Step => ({
  kind: 'end',
  outcome,
  output: undefined,
  failure: failureOf(details),
  atMs,
});

/** Of JSON text; what was cut off or is none reads as undefined: a history must never break the view. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A field of something whose shape a history does not promise. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** With the cause as a sentence. */
export function failureOf(value: unknown): Failure {
  const failure = { error: text(field(value, 'error')) ?? '', cause: text(field(value, 'cause')) ?? '' };
  return { error: failure.error, cause: explain(failure) };
}
