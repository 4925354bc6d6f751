import { type Problem, show } from '#core/matrix/problems.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

const MANY = 50;

/** All mistakes of a matrix in one error, a line each: path, value, what is wrong, what to write. */
export function invalidMatrix(problems: readonly Problem[]): StepBenchError {
  const lines = problems.slice(0, MANY).map(({ path, value, message, instead }) => {
    const found = value === undefined ? '' : ` = ${show(value)}`;
    return `${path || 'the matrix'}${found}: ${message}. Write ${instead}.`;
  });
  const more = problems.length > MANY ? [`... and ${problems.length - MANY} more.`] : [];
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  return new StepBenchError(ErrorName.InvalidMatrix, [`The matrix has ${count}:`, ...lines, ...more].join('\n'));
}
