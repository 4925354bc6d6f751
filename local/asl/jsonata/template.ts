import { Expression, ExpressionError } from './expression.ts';
import { heard } from './heard.ts';
import type { Scope } from './scope.ts';

/** A JSON value of the definition in which strings of the form `{% ... %}` are expressions. */
export interface Template {
  /** The value, or a promise of it. Fails, or rejects, with a QueryFailure. */
  evaluate(scope: Scope): unknown;
  /** Set when the whole is one expression: its type is known only when it runs. */
  readonly expression: Expression | undefined;
  /** Set when nothing in it has to be evaluated. */
  readonly constant: { value: unknown } | undefined;
}

export type ReportProblem = (pointer: string, message: string) => void;

const enclosed = /^\{%\s*([\s\S]*?)\s*%\}$/;

const constantOf = (value: unknown): Template => ({
  evaluate: () => value,
  expression: undefined,
  constant: { value },
});

/**
 * @param field as AWS names it in causes: `Output`, then `Output/result`.
 * @param pointer the place in the definition, for problems.
 */
export const compileTemplate = (value: unknown, field: string, pointer: string, report: ReportProblem): Template => {
  if (typeof value === 'string') return compileString(value, field, pointer, report);
  if (Array.isArray(value)) {
    const items = value.map((item, at) => compileTemplate(item, `${field}[${at}]`, `${pointer}/${at}`, report));
    if (items.every((item) => item.constant)) return constantOf(items.map((item) => item.constant!.value));
    return {
      evaluate: (scope) => allOf(items.map((item) => item.evaluate(scope))),
      expression: undefined,
      constant: undefined,
    };
  }
  if (typeof value === 'object' && value !== null) return compileObject(value, field, pointer, report);
  return constantOf(value);
};

const compileString = (value: string, field: string, pointer: string, report: ReportProblem): Template => {
  const source = enclosed.exec(value)?.[1];
  if (source === undefined) {
    if (/^\s*\{%/.test(value) || /%\}\s*$/.test(value)) {
      report(pointer, 'an expression begins with {% and ends with %}, with nothing around them');
    }
    return constantOf(value);
  }
  try {
    const expression = new Expression(source, field);
    return { evaluate: (scope) => expression.evaluate(scope), expression, constant: undefined };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    for (const problem of error.problems) report(pointer, `${problem} (in: ${source})`);
    return constantOf(value);
  }
};

const compileObject = (value: object, field: string, pointer: string, report: ReportProblem): Template => {
  const members = Object.entries(value).map(([key, member]) => {
    const template = compileTemplate(member, `${field}/${key}`, `${pointer}/${key}`, report);
    return { key, template };
  });
  if (members.every(({ template }) => template.constant)) {
    return constantOf(Object.fromEntries(members.map(({ key, template }) => [key, template.constant!.value])));
  }
  return {
    evaluate: (scope) => {
      const result: Record<string, unknown> = {};
      let waiting: Promise<unknown>[] | undefined;
      for (const { key, template } of members) {
        const member = template.evaluate(scope);
        // Set at once, so that members keep the order of the definition.
        result[key] = member;
        if (member instanceof Promise) {
          waiting ??= [];
          waiting.push(
            heard(
              member.then((settled) => {
                result[key] = settled;
              }),
            ),
          );
        }
      }
      return waiting === undefined ? result : heard(Promise.all(waiting).then(() => result));
    },
    expression: undefined,
    constant: undefined,
  };
};

const allOf = (values: unknown[]): unknown =>
  values.some((value) => value instanceof Promise) ? heard(Promise.all(values)) : values;
