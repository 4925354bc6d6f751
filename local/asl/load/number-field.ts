import { heard } from '../jsonata/heard.ts';
import type { Scope } from '../jsonata/scope.ts';
import type { Template } from '../jsonata/template.ts';
import { QueryFailure } from '../run/failure.ts';

export interface NumberLimits {
  min: number;
  max: number;
  integer: boolean;
}

/** A field that holds a number, or an expression that gives one. */
export class NumberField {
  readonly #name: string;
  readonly #template: Template;
  readonly #limits: NumberLimits;

  constructor(name: string, template: Template, limits: NumberLimits) {
    this.#name = name;
    this.#template = template;
    this.#limits = limits;
  }

  /** What is wrong with a value, if anything. */
  static problemOf(value: unknown, { min, max, integer }: NumberLimits): string | undefined {
    if (typeof value !== 'number') return `expected a number, found ${JSON.stringify(value)}`;
    if (integer && !Number.isInteger(value)) return `expected a whole number, found ${value}`;
    return value < min || value > max ? `expected ${min} to ${max}, found ${value}` : undefined;
  }

  /** The number, or a promise of it. Fails, or rejects, with a QueryFailure. */
  evaluate(scope: Scope): number | Promise<number> {
    const value = this.#template.evaluate(scope);
    return value instanceof Promise ? heard(value.then((settled) => this.#check(settled))) : this.#check(value);
  }

  #check(value: unknown): number {
    if (typeof value !== 'number') this.#template.expression?.failAsUnexpectedType('number', value);
    const problem = NumberField.problemOf(value, this.#limits);
    if (problem !== undefined) throw new QueryFailure(`The ${this.#name} field: ${problem}`, this.#name, true);
    return value as number;
  }
}
