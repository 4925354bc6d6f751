import type { Scope } from '../jsonata/scope.ts';
import type { Template } from '../jsonata/template.ts';
import type { LoadState } from '../load/load-state.ts';
import type { FieldReader } from '../load/reader.ts';
import { StateFailure, StatesError } from '../run/failure.ts';
import type { Exit, Outcome, Step } from '../run/step.ts';

interface Rule {
  condition: Template;
  exit: Exit;
}

class Choice {
  readonly type = 'Choice';
  readonly name: string;
  readonly #rules: Rule[];
  /** The state's own Assign and Output belong to the way by Default. */
  readonly #otherwise: Exit;

  constructor(name: string, rules: Rule[], otherwise: Exit) {
    this.name = name;
    this.#rules = rules;
    this.#otherwise = otherwise;
  }

  run(step: Step): Outcome | Promise<Outcome> {
    return this.#tryFrom(0, step, step.scope());
  }

  #tryFrom(first: number, step: Step, scope: Scope): Outcome | Promise<Outcome> {
    for (let at = first; at < this.#rules.length; at++) {
      const rule = this.#rules[at]!;
      const holds = rule.condition.evaluate(scope);
      if (holds instanceof Promise) {
        return holds.then((settled) =>
          this.#isTrue(rule, settled) ? step.leave(rule.exit, scope, step.input) : this.#tryFrom(at + 1, step, scope),
        );
      }
      if (this.#isTrue(rule, holds)) return step.leave(rule.exit, scope, step.input);
    }
    if (this.#otherwise.next !== undefined) return step.leave(this.#otherwise, scope, step.input);
    throw new StateFailure(
      StatesError.NoChoiceMatched,
      `An error occurred while executing the state '${this.name}' (entered at the event id #${step.enteredId}). No choice rule matched, and the state has no Default.`,
    );
  }

  #isTrue(rule: Rule, value: unknown): boolean {
    if (typeof value === 'boolean') return value;
    return rule.condition.expression!.failAsUnexpectedType('boolean', value);
  }
}

const readRule = (reader: FieldReader): Rule | undefined => {
  const condition = reader.condition('Condition');
  const next = reader.string('Next');
  reader.required('Next');
  if (next !== undefined) reader.names.goesTo(next, `${reader.pointer}/Next`);
  const exit = reader.exit(next);
  reader.refuseOthers();
  return condition === undefined ? undefined : { condition, exit };
};

export const loadChoice: LoadState = (name, reader) => {
  const rules = reader.list('Choices').map(readRule);
  if (rules.length === 0) reader.report('Choices', 'needs at least one rule');
  const otherwise = reader.string('Default');
  if (otherwise !== undefined) reader.names.goesTo(otherwise, `${reader.pointer}/Default`);
  return new Choice(
    name,
    rules.filter((rule) => rule !== undefined),
    reader.exit(otherwise),
  );
};
