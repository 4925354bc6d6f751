import { StateFailure, StatesError } from './failure.ts';
import { exceeds, jsonBytes, maxPayloadBytes, maxVariablesBytes } from './payload.ts';

/** Bytes that the variables of an execution take, over all scopes that are alive. */
export interface VariablesBudget {
  usedBytes: number;
}

const tooLarge = (what: string): StateFailure =>
  new StateFailure(StatesError.DataLimitExceeded, `${what} exceeds the service limit for variables.`);

/**
 * One scope of variables: the top level of an execution, a branch, an iteration. An inner scope reads the outer ones;
 * loading has made sure that it never assigns one of their names.
 */
export class Variables {
  readonly #outer: Variables | undefined;
  /** Made by the first assignment: most scopes, of iterations and children, never have one. */
  #values: Map<string, unknown> | undefined;
  readonly #budget: VariablesBudget;
  #bytes: Map<string, number> | undefined;

  constructor(budget: VariablesBudget, outer?: Variables) {
    this.#budget = budget;
    this.#outer = outer;
  }

  get(name: string): unknown {
    const own = this.#values?.get(name);
    return own === undefined && this.#outer !== undefined ? this.#outer.get(name) : own;
  }

  all(): Record<string, unknown> {
    return { ...this.#outer?.all(), ...Object.fromEntries(this.#values ?? []) };
  }

  inner(): Variables {
    return new Variables(this.#budget, this);
  }

  /** @throws StateFailure when what is assigned at once, or all together, is too large. */
  assign(values: Record<string, unknown>): void {
    if (exceeds(values, maxPayloadBytes)) throw tooLarge('What is assigned at once');
    this.#values ??= new Map();
    for (const [name, value] of Object.entries(values)) {
      this.#values.set(name, value);
      this.#account(name, value);
    }
    if (this.#budget.usedBytes > maxVariablesBytes) throw tooLarge('The sum of all variables');
  }

  /** The scope has ended: its variables are gone. */
  release(): void {
    for (const bytes of this.#bytes?.values() ?? []) this.#budget.usedBytes -= bytes;
    this.#bytes = undefined;
  }

  /** Scalars are not worth counting. */
  #account(name: string, value: unknown): void {
    const before = this.#bytes?.get(name) ?? 0;
    const now =
      typeof value === 'object' && value !== null ? jsonBytes(value) : typeof value === 'string' ? value.length : 0;
    if (now === 0 && before === 0) return;
    this.#bytes ??= new Map();
    this.#bytes.set(name, now);
    this.#budget.usedBytes += now - before;
  }
}
