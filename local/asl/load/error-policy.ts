import type { Catcher, ErrorPolicy, Retrier } from '../run/error-policy.ts';
import { StatesError } from '../run/failure.ts';
import type { FieldReader } from './reader.ts';

/** The service's limits: 99,999,999 s or attempts, 31,622,400 s (366 days) between two attempts. */
const many = 99_999_999;
const longestDelaySeconds = 31_622_400;

const errorEquals = (reader: FieldReader, isLast: boolean): string[] => {
  const names = reader.raw('ErrorEquals');
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    reader.report('ErrorEquals', 'expected a list of error names');
    return [];
  }
  if (names.includes(StatesError.All) && (names.length > 1 || !isLast)) {
    reader.report('ErrorEquals', `${StatesError.All} stands alone, and in the last entry`);
  }
  return names;
};

const retrier = (reader: FieldReader, isLast: boolean): Retrier => {
  const result: Retrier = {
    errorEquals: errorEquals(reader, isLast),
    intervalSeconds: reader.number('IntervalSeconds', { min: 1, max: many, integer: true }, 1),
    maxAttempts: reader.number('MaxAttempts', { min: 0, max: many, integer: true }, 3),
    backoffRate: reader.number('BackoffRate', { min: 1, max: many, integer: false }, 2),
    maxDelaySeconds: reader.number('MaxDelaySeconds', { min: 1, max: longestDelaySeconds, integer: true }, many),
    jitter: reader.choice('JitterStrategy', ['NONE', 'FULL']),
  };
  if (reader.has('MaxDelaySeconds') && result.maxDelaySeconds <= result.intervalSeconds) {
    reader.report('MaxDelaySeconds', 'must be greater than IntervalSeconds');
  }
  reader.refuseOthers();
  return result;
};

const catcher = (reader: FieldReader, isLast: boolean): Catcher => {
  const names = errorEquals(reader, isLast);
  const next = reader.string('Next');
  reader.required('Next');
  if (next !== undefined) reader.names.goesTo(next, `${reader.pointer}/Next`);
  const exit = reader.exit(next);
  reader.refuseOthers();
  return { errorEquals: names, exit };
};

export const readErrorPolicy = (reader: FieldReader): ErrorPolicy => {
  const read = <T>(field: string, each: (entry: FieldReader, isLast: boolean) => T): T[] => {
    const entries = reader.list(field);
    return entries.map((entry, at) => each(entry, at === entries.length - 1));
  };
  return { retriers: read('Retry', retrier), catchers: read('Catch', catcher) };
};
