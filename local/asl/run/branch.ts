import type { ExecutionResult } from './execution-result.ts';
import { Aborted } from './failure.ts';
import type { History } from './history.ts';
import type { Services } from './services.ts';
import type { Variables } from './variables.ts';

/** `$states.context.Map.Item` of the iteration at hand. */
export interface MapItem {
  Index: number;
  Value: unknown;
}

export interface Abortable {
  abort(reason: Aborted, onAborted?: (stateType: string) => void): void;
}

/** The execution that a branch belongs to. */
export interface ExecutionContext {
  readonly services: Services;
  readonly history: History;
  /** `$states.context.Execution`. */
  readonly contextOfExecution: Record<string, unknown>;
  /** `$states.context.StateMachine`. */
  readonly contextOfMachine: { Id: string; Name: string };
  /** The ARN of something that a Distributed Map makes: `...:mapRun:Machine/Label:name`. */
  arnBeside(kind: 'execution' | 'mapRun', label: string, name: string): string;
  /** Makes an execution under this one; the caller runs it. */
  makeChild(label: string, input: unknown): ChildExecution;
}

export interface ChildExecution extends Abortable {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly contextOfMachine: { Id: string; Name: string };
  /** Runs to the end: at once where nothing has to wait. Rejects only when the interpreter itself is at fault. */
  run(work: (root: Branch) => unknown): ExecutionResult | Promise<ExecutionResult>;
  /** No Catch runs, in this execution or in its children. */
  stop(error?: string, cause?: string): void;
}

/**
 * A line of states that run one after another: the top level of an execution, a branch of a Parallel, an iteration
 * of a Map. Its events are chained by `lastEventId`.
 */
export class Branch implements Abortable {
  readonly execution: ExecutionContext;
  readonly variables: Variables;
  readonly mapItem: MapItem | undefined;
  lastEventId: number;
  /** The state it is in. */
  stateType: string | undefined;
  #isAborted = false;
  #inner: Set<Abortable> | undefined;
  #interrupt: ((reason: Aborted) => void) | undefined;

  constructor(execution: ExecutionContext, variables: Variables, lastEventId: number, mapItem?: MapItem) {
    this.execution = execution;
    this.variables = variables;
    this.lastEventId = lastEventId;
    this.mapItem = mapItem;
  }

  fork(mapItem: MapItem | undefined = this.mapItem): Branch {
    const inner = new Branch(this.execution, this.variables.inner(), this.lastEventId, mapItem);
    this.attach(inner);
    return inner;
  }

  /** From now on `inner` is aborted with this branch. */
  attach(inner: Abortable): void {
    this.#inner ??= new Set();
    this.#inner.add(inner);
  }

  detach(inner: Abortable): void {
    this.#inner?.delete(inner);
  }

  /** The inner branch has ended, in one way or another. */
  join(inner: Branch): void {
    this.detach(inner);
    inner.variables.release();
  }

  /** Records an event of this branch and makes it the last one. */
  emit(type: string, details?: Record<string, unknown>): number {
    this.lastEventId = this.record(type, this.lastEventId, details);
    return this.lastEventId;
  }

  /** Records an event beside the chain. */
  record(type: string, previousEventId: number, details?: Record<string, unknown>): number {
    this.checkAborted();
    return this.execution.history.add(type, previousEventId, details);
  }

  checkAborted(): void {
    if (this.#isAborted) throw new Aborted();
  }

  /**
   * Waits for something that ends early, with an Aborted, when the branch is aborted; `begin` starts it and
   * returns how to end it.
   */
  interruptible<T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => (reason: Error) => void,
  ): Promise<T> {
    this.checkAborted();
    return new Promise<T>((resolve, reject) => {
      let isSettled = false;
      const once =
        <A>(callback: (argument: A) => void) =>
        (argument: A) => {
          if (isSettled) return;
          isSettled = true;
          this.#interrupt = undefined;
          callback(argument);
        };
      const end = begin(once(resolve), once(reject));
      if (isSettled) return;
      this.#interrupt = (reason) => {
        once(reject)(reason);
        end(reason);
      };
    });
  }

  wait(ms: number): Promise<void> {
    return this.interruptible((resolve) => this.execution.services.clock.after(ms, () => resolve()));
  }

  /**
   * Ends what runs here and further in; nothing of it is recorded or run from now on, Catch included.
   * @param onAborted is told the type of the state that was cut off, innermost first.
   */
  abort(reason: Aborted, onAborted: (stateType: string) => void = () => {}): void {
    if (this.#isAborted) return;
    for (const inner of this.#inner ?? []) inner.abort(reason, onAborted);
    this.#isAborted = true;
    if (this.stateType !== undefined) onAborted(this.stateType);
    this.#interrupt?.(reason);
  }
}
