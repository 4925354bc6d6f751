/** The error names that the States Language itself defines. */
export const StatesError = {
  All: 'States.ALL',
  TaskFailed: 'States.TaskFailed',
  Timeout: 'States.Timeout',
  DataLimitExceeded: 'States.DataLimitExceeded',
  Runtime: 'States.Runtime',
  NoChoiceMatched: 'States.NoChoiceMatched',
  QueryEvaluationError: 'States.QueryEvaluationError',
  ItemReaderFailed: 'States.ItemReaderFailed',
  ExceedToleratedFailureThreshold: 'States.ExceedToleratedFailureThreshold',
} as const;

/** A state fails with an error name and a cause; either may be missing, as in a Fail state without them. */
export class StateFailure extends Error {
  readonly error: string | undefined;
  readonly failureCause: string | undefined;

  constructor(error: string | undefined, cause: string | undefined) {
    super(`${error ?? 'failed'}: ${cause ?? ''}`);
    this.error = error;
    this.failureCause = cause;
  }

  /** What a Catch hands on as `$states.errorOutput`. */
  get output(): { Error: string; Cause: string } {
    return { Error: this.error ?? '', Cause: this.failureCause ?? '' };
  }
}

/** An expression or a value it gave is at fault; the state it happened in completes the cause. */
export class QueryFailure extends StateFailure {
  readonly what: string;
  readonly location: string | undefined;
  /** Whether the history hangs the event on the state's own entry, as AWS does when it parses a value later. */
  readonly afterEntry: boolean;

  constructor(what: string, location: string | undefined, afterEntry = false, cause = what) {
    super(StatesError.QueryEvaluationError, cause);
    this.what = what;
    this.location = location;
    this.afterEntry = afterEntry;
  }
}

/** The execution was stopped, timed out, or a sibling failed: what still runs must go no further. */
export class Aborted extends Error {}
