import type { Scope } from '../jsonata/scope.ts';
import type { Template } from '../jsonata/template.ts';
import type { Branch, MapItem } from './branch.ts';
import { QueryFailure, type StateFailure } from './failure.ts';
import { refuseTooLarge } from './payload.ts';

/** Where a state leads: its output, and the next state; the end of the branch when there is none. */
export interface Outcome {
  output: unknown;
  next: string | undefined;
}

/** A way out of a state: by itself, by a rule of a Choice, by a Catch. */
export interface Exit {
  assign: Template | undefined;
  output: Template | undefined;
  next: string | undefined;
}

/** One visit of a state. */
export class Step {
  readonly branch: Branch;
  readonly name: string;
  readonly type: string;
  readonly input: unknown;
  readonly enteredId: number;
  readonly #beforeId: number;
  readonly #enteredAtMs: number;
  retryCount = 0;

  constructor(branch: Branch, name: string, type: string, input: unknown) {
    this.branch = branch;
    this.name = name;
    this.type = type;
    this.input = input;
    this.#beforeId = branch.lastEventId;
    this.#enteredAtMs = branch.execution.services.clock.nowMs();
    branch.stateType = type;
    this.enteredId = branch.emit(`${type}StateEntered`, { name, input });
  }

  scope(values: { result?: unknown; errorOutput?: unknown; mapItem?: MapItem } = {}): Scope {
    return new StepScope(this, values.result, values.errorOutput, values.mapItem ?? this.branch.mapItem);
  }

  /** `$states.context`, as AWS fills it. */
  context(mapItem: MapItem | undefined): Record<string, unknown> {
    const context: Record<string, unknown> = {
      Execution: this.branch.execution.contextOfExecution,
      State: {
        EnteredTime: new Date(this.#enteredAtMs).toISOString(),
        Name: this.name,
        RetryCount: this.retryCount,
      },
      StateMachine: this.branch.execution.contextOfMachine,
    };
    if (mapItem !== undefined) context.Map = { Item: mapItem };
    return context;
  }

  /** Leaves by `exit`: all its expressions see the variables as they were when the state was entered. */
  leave(exit: Exit, scope: Scope, otherwise: unknown): Outcome | Promise<Outcome> {
    const assigned = exit.assign?.evaluate(scope);
    const output = exit.output === undefined ? otherwise : exit.output.evaluate(scope);
    if (assigned instanceof Promise || output instanceof Promise) {
      return Promise.all([assigned, output]).then(([variables, value]) => this.#exit(exit, variables, value));
    }
    return this.#exit(exit, assigned, output);
  }

  #exit(exit: Exit, assigned: unknown, output: unknown): Outcome {
    // What was the input has been measured already.
    if (output !== this.input) refuseTooLarge(output, this.name);
    const variables = assigned as Record<string, unknown> | undefined;
    this.branch.checkAborted();
    if (variables !== undefined) this.branch.variables.assign(variables);
    this.branch.emit(
      `${this.type}StateExited`,
      variables === undefined ? { name: this.name, output } : { name: this.name, output, assignedVariables: variables },
    );
    return { output, next: exit.next };
  }

  /** Records a failed evaluation, and gives the failure the cause that AWS gives it. */
  recordFailure(failure: StateFailure): StateFailure {
    if (!(failure instanceof QueryFailure) || failure.failureCause !== failure.what) return failure;
    const cause = `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredId}). ${failure.what}`;
    const completed = new QueryFailure(failure.what, failure.location, failure.afterEntry, cause);
    const { branch } = this;
    // AWS chains a failed evaluation to what was before the state, unless the state has recorded more since.
    const previousId =
      branch.lastEventId === this.enteredId && !failure.afterEntry ? this.#beforeId : branch.lastEventId;
    branch.lastEventId = branch.record('EvaluationFailed', previousId, {
      error: completed.error,
      cause,
      location: failure.location,
      state: this.name,
    });
    return completed;
  }
}

class StepScope implements Scope {
  readonly #step: Step;
  readonly result: unknown;
  readonly errorOutput: unknown;
  readonly #mapItem: MapItem | undefined;
  #context: unknown;

  constructor(step: Step, result: unknown, errorOutput: unknown, mapItem: MapItem | undefined) {
    this.#step = step;
    this.result = result;
    this.errorOutput = errorOutput;
    this.#mapItem = mapItem;
  }

  get input(): unknown {
    return this.#step.input;
  }

  get context(): unknown {
    this.#context ??= this.#step.context(this.#mapItem);
    return this.#context;
  }

  get functions() {
    return this.#step.branch.execution.services.functions;
  }

  variable(name: string): unknown {
    return this.#step.branch.variables.get(name);
  }

  variables(): Record<string, unknown> {
    return this.#step.branch.variables.all();
  }
}
