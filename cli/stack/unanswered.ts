import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';
import { field, text } from '#core/progress/step.ts';

/** Lambda's and Step Functions' own names for a function that ended without an answer: only its log can say why. */
const UNANSWERED = /^(?:Sandbox\.Timedout|States\.Timeout|Lambda\.Unknown|Runtime\..+)$/;
const REQUEST = /RequestId: ([0-9a-f-]{36})/;

interface Call {
  state: string;
  /** As the machine calls it: the ARN of a version. */
  function: string | undefined;
  /** ISO time. */
  calledAt: string;
  error: string;
  /** Undefined where Step Functions ended the wait by itself. */
  request: string | undefined;
}

/** Where an execution stands, as far as its histories have been read. */
interface Standing {
  state: string;
  function: string | undefined;
  calledAt: string;
  /** Until its state is left: a retry may be answered. */
  open: Call | undefined;
}

/** Finds calls in the histories of executions that no retry got an answer to, and the commands that read their logs. */
export class Unanswered {
  readonly #standing = new Map<string, Standing>();
  readonly #calls: Call[] = [];

  add(events: readonly ExecutionEvent[]): void {
    for (const { execution, event } of events) {
      const before = this.#standing.get(execution) ?? { state: '', function: undefined, calledAt: '', open: undefined };
      this.#standing.set(execution, this.#after(before, event));
    }
  }

  /** One for each function, of the first of its calls. */
  lines(region: string): string[] {
    const all = [...this.#calls, ...[...this.#standing.values()].flatMap(({ open }) => open ?? [])];
    const first = new Map(all.toReversed().map((call) => [call.function, call]));
    return [...first.values()].toReversed().flatMap((call) => lineOf(call, region) ?? []);
  }

  #after(before: Standing, event: HistoryEvent): Standing {
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined) {
      if (before.open !== undefined) this.#calls.push(before.open);
      return { state: entered, function: undefined, calledAt: '', open: undefined };
    }
    if (event.taskScheduledEventDetails !== undefined) {
      const name = functionIn(event.taskScheduledEventDetails.parameters);
      return { ...before, function: name, calledAt: event.timestamp };
    }
    if (event.taskSucceededEventDetails !== undefined) return { ...before, open: undefined };
    const failed = event.taskFailedEventDetails ?? event.taskTimedOutEventDetails;
    if (failed === undefined) return before;
    const { error = 'States.Timeout', cause = '' } = failed;
    const { state, function: name, calledAt } = before;
    const open = { state, function: name, calledAt, error, request: REQUEST.exec(cause)?.[1] };
    return { ...before, open: UNANSWERED.test(error) ? open : undefined };
  }
}

function functionIn(parameters: string): string | undefined {
  try {
    return text(field(JSON.parse(parameters), 'FunctionName'));
  } catch {
    return undefined;
  }
}

function lineOf({ state, function: name, calledAt, error, request }: Call, region: string): string | undefined {
  if (name === undefined) return undefined;
  const group = `$(aws lambda get-function-configuration --region ${region} --function-name ${name} --query LoggingConfig.LogGroup --output text)`;
  const filter = request === undefined ? '' : ` --filter-pattern '"${request}"'`;
  return `${state} had no answer of its function (${error}). What it logged: aws logs tail ${group} --region ${region} --since ${calledAt}${filter}`;
}
