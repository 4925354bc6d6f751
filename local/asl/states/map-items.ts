import type { Template } from '../jsonata/template.ts';
import type { FieldReader } from '../load/reader.ts';
import type { MapItem } from '../run/branch.ts';
import { QueryFailure } from '../run/failure.ts';
import { refuseTooLarge } from '../run/payload.ts';
import type { Step } from '../run/step.ts';

/** `Items` and `ItemSelector`, the same in both kinds of Map. */
export class MapItems {
  readonly #items: Template | undefined;
  readonly #selector: Template | undefined;

  constructor(reader: FieldReader) {
    this.#items = reader.template('Items');
    this.#selector = reader.template('ItemSelector');
    const literal = this.#items?.constant;
    if (literal !== undefined && !Array.isArray(literal.value)) {
      reader.report('Items', 'expected a list or an expression');
    }
  }

  /** The items; without `Items`, the input is the list. */
  list(step: Step): unknown[] | Promise<unknown[]> {
    if (this.#items === undefined) {
      if (Array.isArray(step.input)) return step.input;
      throw new QueryFailure(`Map state input must be an array but was: ${JSON.stringify(step.input)}`, undefined);
    }
    const value = this.#items.evaluate(step.scope());
    return value instanceof Promise ? value.then((settled) => this.#asList(settled)) : this.#asList(value);
  }

  /** The input of an iteration, or a promise of it. */
  inputOf(step: Step, mapItem: MapItem): unknown {
    if (this.#selector === undefined) return mapItem.Value;
    const input = this.#selector.evaluate(step.scope({ mapItem }));
    const check = (value: unknown) => {
      refuseTooLarge(value, step.name);
      return value;
    };
    return input instanceof Promise ? input.then(check) : check(input);
  }

  #asList(value: unknown): unknown[] {
    if (Array.isArray(value)) return value;
    if (this.#items?.expression !== undefined) this.#items.expression.failAsUnexpectedType('array', value);
    throw new QueryFailure(`Items must be an array but was: ${JSON.stringify(value)}`, 'Items');
  }
}
