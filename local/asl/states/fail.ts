import type { Template } from '../jsonata/template.ts';
import type { LoadState } from '../load/load-state.ts';
import type { FieldReader } from '../load/reader.ts';
import { StateFailure } from '../run/failure.ts';
import type { Outcome, Step } from '../run/step.ts';

const textField = (reader: FieldReader, field: string): Template | undefined => {
  const template = reader.template(field);
  if (template !== undefined && template.expression === undefined && typeof template.constant?.value !== 'string') {
    reader.report(field, 'expected text or an expression');
  }
  return template;
};

const textOf = (template: Template | undefined, value: unknown): string | undefined => {
  if (typeof value === 'string' || value === undefined) return value;
  return template?.expression?.failAsUnexpectedType('string', value);
};

export const loadFail: LoadState = (name, reader) => {
  const error = textField(reader, 'Error');
  const cause = textField(reader, 'Cause');
  const run = async (step: Step): Promise<Outcome> => {
    const scope = step.scope();
    const values = await Promise.all([error?.evaluate(scope), cause?.evaluate(scope)]);
    throw new StateFailure(textOf(error, values[0]), textOf(cause, values[1]));
  };
  return { name, type: 'Fail', run };
};
