import { uuidFrom } from '../jsonata/aws-functions.ts';
import { Branch, type ChildExecution, type ExecutionContext } from './branch.ts';
import type { ExecutionResult, ExecutionStatus } from './execution-result.ts';
import { Aborted, StateFailure } from './failure.ts';
import { History } from './history.ts';
import type { Services } from './services.ts';
import { Variables } from './variables.ts';

export type { ExecutionResult };

interface Identity {
  arn: string;
  name: string;
  parentArn: string | undefined;
  machine: { Id: string; Name: string };
}

/** One execution while it runs: the one that was started, or a child of a Distributed Map. */
export class ExecutionRun implements ExecutionContext, ChildExecution {
  readonly arn: string;
  readonly name: string;
  readonly parentArn: string | undefined;
  readonly input: unknown;
  readonly services: Services;
  readonly history: History;
  readonly contextOfMachine: { Id: string; Name: string };
  readonly contextOfExecution: Record<string, unknown>;
  /** Executions that Distributed Maps of this one started, in the order of their start, where they are kept. */
  readonly children: ExecutionRun[] = [];
  readonly #startedAtMs: number;
  readonly #root: Branch;
  #result: ExecutionResult | undefined;
  #whenEnded: ((result: ExecutionResult) => void) | undefined;
  #cancelTimeout = () => {};

  constructor(identity: Identity, input: unknown, services: Services) {
    this.arn = identity.arn;
    this.name = identity.name;
    this.parentArn = identity.parentArn;
    this.input = input;
    this.services = services;
    this.history = new History(
      { executionArn: identity.arn, parentArn: identity.parentArn },
      services.clock,
      services.onEvent,
      identity.parentArn === undefined || services.keepsChildren,
    );
    this.contextOfMachine = identity.machine;
    this.#startedAtMs = services.clock.nowMs();
    this.contextOfExecution = {
      Id: identity.arn,
      Input: input,
      Name: identity.name,
      StartTime: new Date(this.#startedAtMs).toISOString(),
      RedriveCount: 0,
    };
    this.#root = new Branch(this, new Variables({ usedBytes: 0 }), 0);
  }

  arnBeside(kind: 'execution' | 'mapRun', label: string, name: string): string {
    const machineArn = this.arn.slice(0, this.arn.lastIndexOf(':'));
    return `${machineArn.replace(':execution:', `:${kind}:`)}/${label}:${name}`;
  }

  makeChild(label: string, input: unknown): ExecutionRun {
    const name = uuidFrom(this.services.random);
    const machine = {
      Id: `${this.contextOfMachine.Id}/${label}`,
      Name: `${this.contextOfMachine.Name}/${label}`,
    };
    const arn = this.arnBeside('execution', label, name);
    const child = new ExecutionRun({ arn, name, parentArn: this.arn, machine }, input, this.services);
    if (this.services.keepsChildren) this.children.push(child);
    return child;
  }

  get result(): ExecutionResult | undefined {
    return this.#result;
  }

  run(work: (root: Branch) => unknown, timeoutSeconds?: number): ExecutionResult | Promise<ExecutionResult> {
    if (this.#result !== undefined) return this.#result;
    this.history.add('ExecutionStarted', 0, { input: this.input });
    if (timeoutSeconds !== undefined) {
      this.#cancelTimeout = this.services.clock.after(timeoutSeconds * 1000, () =>
        this.#cutOff('TIMED_OUT', undefined, undefined),
      );
    }
    try {
      const output = work(this.#root);
      if (!(output instanceof Promise)) return this.#succeed(output);
      return new Promise((resolve, reject) => {
        this.#whenEnded = resolve;
        output
          .then((value) => this.#succeed(value))
          .catch((error) => this.#fail(error))
          .catch(reject);
        // Stopped by its own listener, before there was anybody to tell.
        if (this.#result !== undefined) resolve(this.#result);
      });
    } catch (error) {
      return this.#fail(error);
    }
  }

  stop(error?: string, cause?: string): void {
    this.#cutOff('ABORTED', error, cause);
  }

  abort(): void {
    this.stop();
  }

  #succeed(output: unknown): ExecutionResult {
    return this.#end({ status: 'SUCCEEDED', output }, this.#root.lastEventId);
  }

  #fail(error: unknown): ExecutionResult {
    if (error instanceof Aborted && this.#result !== undefined) return this.#result;
    if (!(error instanceof StateFailure)) throw error;
    return this.#end(
      {
        status: 'FAILED',
        ...(error.error === undefined ? {} : { error: error.error }),
        ...(error.failureCause === undefined ? {} : { cause: error.failureCause }),
      },
      this.#root.lastEventId,
    );
  }

  #cutOff(status: 'TIMED_OUT' | 'ABORTED', error: string | undefined, cause: string | undefined): void {
    if (this.#result !== undefined) return;
    this.#root.abort(new Aborted(status === 'ABORTED' ? 'The execution was stopped' : 'The execution timed out'));
    this.#end({ status, ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) }, 0);
  }

  #end(outcome: Omit<ExecutionResult, 'startedAtMs' | 'stoppedAtMs'>, previousEventId: number): ExecutionResult {
    if (this.#result !== undefined) return this.#result;
    this.#cancelTimeout();
    const { status, ...details } = outcome;
    this.#result = { ...outcome, startedAtMs: this.#startedAtMs, stoppedAtMs: this.services.clock.nowMs() };
    this.history.end(endEvents[status], previousEventId, details);
    this.#whenEnded?.(this.#result);
    return this.#result;
  }
}

const endEvents: Record<ExecutionStatus, string> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};
