import type { Problem } from './problems.ts';

/** Names of states are unique in a whole state machine, however deep they stand. */
interface MachineNames {
  states: Map<string, string>;
  problems: Problem[];
}

const longestStateName = 80;
const longestVariableName = 80;

/**
 * The names of one block: its states, and the variables that it assigns. An inner block reads the variables of the
 * outer ones, so it may not assign one of the same name; a Distributed Map neither sees them nor clashes with them.
 */
export class NameScope {
  readonly #machine: MachineNames;
  readonly #outer: NameScope | undefined;
  readonly #states = new Set<string>();
  readonly #variables = new Map<string, string>();
  readonly #targets: { state: string; path: string }[] = [];
  readonly #inner: NameScope[] = [];

  private constructor(machine: MachineNames, outer: NameScope | undefined) {
    this.#machine = machine;
    this.#outer = outer;
  }

  static of(problems: Problem[]): NameScope {
    return new NameScope({ states: new Map(), problems }, undefined);
  }

  inner(): NameScope {
    const inner = new NameScope(this.#machine, this);
    this.#inner.push(inner);
    return inner;
  }

  /** For the children of a Distributed Map. */
  separate(): NameScope {
    const separate = new NameScope(this.#machine, undefined);
    this.#inner.push(separate);
    return separate;
  }

  addState(name: string, path: string): void {
    if (name.length > longestStateName) this.#report(path, `a state's name has at most ${longestStateName} characters`);
    const other = this.#machine.states.get(name);
    if (other !== undefined) this.#report(path, `another state has this name: ${other}`);
    this.#machine.states.set(name, path);
    this.#states.add(name);
  }

  goesTo(state: string, path: string): void {
    this.#targets.push({ state, path });
  }

  declare(variable: string, path: string): void {
    if (variable === 'states') this.#report(path, '$states is reserved');
    else if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(variable) || variable.length > longestVariableName) {
      this.#report(path, `not the name of a variable: letters, digits and _, at most ${longestVariableName}`);
    }
    if (!this.#variables.has(variable)) this.#variables.set(variable, path);
  }

  /** Once everything is read: targets that do not exist, variables that hide others. */
  check(): void {
    for (const { state, path } of this.#targets) {
      if (!this.#states.has(state)) this.#report(path, `there is no state ${state} here`);
    }
    for (const [variable, path] of this.#variables) {
      const other = this.#outer?.find(variable);
      if (other !== undefined) this.#report(path, `$${variable} is assigned in an outer scope already: ${other}`);
    }
    for (const inner of this.#inner) inner.check();
  }

  private find(variable: string): string | undefined {
    return this.#variables.get(variable) ?? this.#outer?.find(variable);
  }

  #report(path: string, message: string): void {
    this.#machine.problems.push({ path, message });
  }
}
