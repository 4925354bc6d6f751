import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';

/** Writes histories as Step Functions does: ids from 1, JSON in strings, one event for each thing that happens. */
export class History {
  readonly events: ExecutionEvent[] = [];
  readonly #execution: string;
  readonly #parent: string | undefined;
  #nowMs: number;

  constructor(execution: string, options: { parent?: string; startMs?: number } = {}) {
    this.#execution = execution;
    this.#parent = options.parent;
    this.#nowMs = options.startMs ?? Date.parse('2026-10-01T00:00:00Z');
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  wait(seconds: number): this {
    this.#nowMs += seconds * 1000;
    return this;
  }

  start(input: unknown): this {
    return this.#add('ExecutionStarted', { executionStartedEventDetails: { input: JSON.stringify(input) } });
  }

  enter(name: string, kind = 'Task'): this {
    return this.#add(`${kind}StateEntered`, { stateEnteredEventDetails: { name, input: '{}' } });
  }

  exit(name: string, kind = 'Task'): this {
    return this.#add(`${kind}StateExited`, { stateExitedEventDetails: { name, output: '{}' } });
  }

  call(payload: unknown): this {
    const parameters = JSON.stringify({ FunctionName: 'f', Payload: payload });
    return this.#add('TaskScheduled', { taskScheduledEventDetails: { ...LAMBDA, parameters } }).#add('TaskStarted', {});
  }

  return(payload: unknown): this {
    const output = JSON.stringify({ ExecutedVersion: '1', Payload: payload, StatusCode: 200 });
    return this.#add('TaskSucceeded', { taskSucceededEventDetails: { ...LAMBDA, output } });
  }

  throw(error: string, message: string): this {
    const cause = JSON.stringify({ errorMessage: message, errorType: error, trace: ['at somewhere'] });
    return this.#add('TaskFailed', { taskFailedEventDetails: { ...LAMBDA, error, cause } });
  }

  /** A task from entry to exit. */
  task(name: string, payload: unknown, result: unknown): this {
    return this.enter(name).call(payload).return(result).exit(name);
  }

  add(type: string): this {
    return this.#add(type, {});
  }

  succeed(output: unknown): this {
    return this.#add('ExecutionSucceeded', { executionSucceededEventDetails: { output: JSON.stringify(output) } });
  }

  fail(error: string, cause: string): this {
    return this.#add('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
  }

  abort(): this {
    return this.#add('ExecutionAborted', { executionAbortedEventDetails: { error: 'Stopped', cause: 'by the user' } });
  }

  #add(type: string, details: Partial<HistoryEvent>): this {
    const id = this.events.length + 1;
    const timestamp = new Date(this.#nowMs).toISOString();
    this.events.push({
      execution: this.#execution,
      ...(this.#parent === undefined ? {} : { parent: this.#parent }),
      event: { id, previousEventId: id - 1, timestamp, type, ...details },
    });
    return this;
  }
}

const LAMBDA = { resource: 'invoke', resourceType: 'lambda' };
