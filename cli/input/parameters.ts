import type { SqlValue } from '#core/ports/sql.ts';
import type { QueryField, QueryFile } from '#core/results/query-file.ts';
import { DAY_OF, RUN_PARAMETERS } from '#core/results/questions.ts';
import { CliError } from '../errors.ts';

/** Whether it is for people to give: the run is given by --run, and the days of runs are the store's to know. */
export const isGiven = ({ name }: QueryField): boolean =>
  !(RUN_PARAMETERS as readonly string[]).includes(name) && !(name in DAY_OF);

/**
 * The values for a question's `?`: the defaults, and what `name=value` says instead. Undefined are those that people
 * do not give and that have no default.
 * @throws CliError for a name that the question does not have, twice the same, a value of another type, or one that
 * has no default and is not given.
 */
export function readParameters(
  question: QueryFile,
  defaults: readonly (SqlValue | undefined)[],
  given: readonly string[],
): readonly (SqlValue | undefined)[] {
  const values = [...defaults];
  const seen = new Set<string>();
  for (const text of given) {
    const separator = text.indexOf('=');
    const name = separator < 0 ? text : text.slice(0, separator);
    const index = question.parameters.findIndex((parameter) => parameter.name === name && isGiven(parameter));
    const parameter = question.parameters[index];
    if (parameter === undefined) throw bad(text, `${question.name} has no parameter of this name`, known(question));
    if (separator < 0) throw bad(text, 'a value is missing', `Write --param ${name}=VALUE.`);
    if (seen.has(name)) throw bad(text, 'this parameter was given twice', 'Give it once.');
    seen.add(name);
    values[index] = typed(parameter, text.slice(separator + 1), text);
  }
  const missing = question.parameters.find((parameter, index) => values[index] === undefined && isGiven(parameter));
  if (missing === undefined) return values;
  throw new CliError('parameter-missing', `${question.name} needs the value of ${missing.name}`, {
    nextStep: `Add --param ${missing.name}=VALUE: ${meaningOf(missing)}.`,
  });
}

const meaningOf = ({ meaning, unit }: QueryField): string => `${meaning}${unit === null ? '' : ` (${unit})`}`;

const bad = (text: string, message: string, nextStep: string): CliError =>
  new CliError('parameter-bad', message, { where: `--param ${text}`, nextStep });

function known({ parameters }: QueryFile): string {
  const names = parameters.filter(isGiven).map(({ name }) => name);
  return names.length === 0
    ? 'It has none besides --run.'
    : `It has ${names.join(', ')}; the run is chosen with --run.`;
}

function typed(field: QueryField, text: string, whole: string): SqlValue {
  const of = meaningOf(field);
  const { type } = field;
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw bad(whole, 'the value is neither true nor false', of);
    default: {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (!Number.isFinite(value)) throw bad(whole, 'the value is not a number', of);
      // All of them are quantities: a load of 0 would be served by no instance, for nothing.
      if (value <= 0) throw bad(whole, 'the value is not above 0', of);
      if (type !== 'double' && !Number.isSafeInteger(value)) throw bad(whole, 'the value is not a whole number', of);
      return value;
    }
  }
}
