import { compileTemplate, type Template } from '../jsonata/template.ts';
import type { Exit } from '../run/step.ts';
import { whyRefused } from './fields.ts';
import type { NameScope } from './names.ts';
import { NumberField, type NumberLimits } from './number-field.ts';
import type { Problem } from './problems.ts';

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** Reads the fields of one object of the definition, and gathers what is wrong with them. */
export class FieldReader {
  readonly pointer: string;
  readonly names: NameScope;
  readonly #fields: Record<string, unknown>;
  readonly #problems: Problem[];
  readonly #read = new Set<string>(['Comment']);

  constructor(fields: unknown, pointer: string, names: NameScope, problems: Problem[]) {
    this.pointer = pointer;
    this.names = names;
    this.#problems = problems;
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
      this.#fields = fields as Record<string, unknown>;
    } else {
      this.#fields = {};
      this.report('', `expected an object, found ${kindOf(fields)}`);
    }
  }

  report(field: string, message: string): void {
    this.#problems.push({ path: field === '' ? this.pointer : `${this.pointer}/${field}`, message });
  }

  has(field: string): boolean {
    return this.#fields[field] !== undefined;
  }

  raw(field: string): unknown {
    this.#read.add(field);
    return this.#fields[field];
  }

  /** A reader of an object inside, with its names in another scope if need be. */
  inner(field: string, names: NameScope = this.names): FieldReader {
    return new FieldReader(this.raw(field), `${this.pointer}/${field}`, names, this.#problems);
  }

  /** Readers of the objects in a list; empty, with a problem, when it is no list. */
  list(field: string, names?: () => NameScope): FieldReader[] {
    const value = this.raw(field);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.report(field, `expected a list, found ${kindOf(value)}`);
      return [];
    }
    return value.map(
      (item, at) => new FieldReader(item, `${this.pointer}/${field}/${at}`, names?.() ?? this.names, this.#problems),
    );
  }

  string(field: string): string | undefined {
    const value = this.raw(field);
    if (value === undefined || typeof value === 'string') return value;
    this.report(field, `expected text, found ${kindOf(value)}`);
    return undefined;
  }

  required(field: string): void {
    if (!this.has(field)) this.report(field, 'is required');
  }

  /** One of the given texts; the first one when the field is left out. */
  choice<T extends string>(field: string, allowed: readonly [T, ...T[]]): T {
    const value = this.string(field);
    if (value === undefined) return allowed[0];
    if ((allowed as readonly string[]).includes(value)) return value as T;
    this.report(field, `expected ${allowed.join(' or ')}, found ${value}`);
    return allowed[0];
  }

  /** Any JSON, with expressions in it. `name` is the field's name in AWS's causes. */
  template(field: string, name = field): Template | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    this.#refuseJsonPathKeys(value, `${this.pointer}/${field}`);
    return compileTemplate(value, name, `${this.pointer}/${field}`, (path, message) =>
      this.#problems.push({ path, message }),
    );
  }

  /** A number that may not be an expression. */
  number(field: string, limits: NumberLimits, otherwise: number): number {
    const value = this.raw(field);
    if (value === undefined) return otherwise;
    const problem = NumberField.problemOf(value, limits);
    if (problem === undefined) return value as number;
    this.report(field, problem);
    return otherwise;
  }

  /** A number, or an expression that gives one. */
  numberField(field: string, limits: NumberLimits): NumberField | undefined {
    const template = this.template(field);
    if (template === undefined) return undefined;
    if (template.constant !== undefined) {
      const problem = NumberField.problemOf(template.constant.value, limits);
      if (problem !== undefined) this.report(field, problem);
    } else if (template.expression === undefined) {
      this.report(field, 'expected a number or an expression');
    }
    return new NumberField(field, template, limits);
  }

  /** Must be one expression, or true or false. */
  condition(field: string): Template | undefined {
    const template = this.template(field);
    this.required(field);
    if (template !== undefined && template.expression === undefined && typeof template.constant?.value !== 'boolean') {
      this.report(field, 'expected an expression of the form {% ... %}');
    }
    return template;
  }

  assign(): Template | undefined {
    const value = this.raw('Assign');
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.report('Assign', `expected an object, found ${kindOf(value)}`);
      return undefined;
    }
    for (const name of Object.keys(value)) this.names.declare(name, `${this.pointer}/Assign/${name}`);
    return this.template('Assign');
  }

  /** `Assign`, `Output` and where to go. */
  exit(next: string | undefined): Exit {
    return { assign: this.assign(), output: this.template('Output'), next };
  }

  /** `Next` or `End`, exactly one of them. */
  transition(): string | undefined {
    const next = this.string('Next');
    const end = this.raw('End');
    if (end !== undefined && end !== true && end !== false) this.report('End', 'expected true or false');
    if ((next === undefined) === (end !== true)) this.report('', 'needs either Next or "End": true');
    if (next !== undefined) this.names.goesTo(next, `${this.pointer}/Next`);
    return next;
  }

  /** Reports every field that nobody asked for. */
  refuseOthers(): void {
    for (const field of Object.keys(this.#fields)) {
      if (this.has(field) && !this.#read.has(field)) this.report(field, whyRefused(field));
    }
  }

  #refuseJsonPathKeys(value: unknown, pointer: string): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      const path = `${pointer}/${key}`;
      if (key.endsWith('.$')) this.#problems.push({ path, message: 'a key that ends in .$ belongs to JSONPath' });
      this.#refuseJsonPathKeys(member, path);
    }
  }
}
