import { show } from '#core/matrix/problems.ts';
import type { CliError } from '../errors.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, printable, wrapped } from '../terminal/printable.ts';
import { counted } from './format.ts';

/** More than fit on a screen help nobody: the rest is counted, and --json has all. */
const MOST_PROBLEMS = 50;

/** What is wrong, where, and what to do next. */
export function errorLines(error: CliError, { width, paint }: { width: number; paint: Paint }): string[] {
  const { where, nextStep, excerpt = [], problems = [] } = error.details;
  const heading = `${where === undefined ? '' : `${oneLine(where)}: `}${oneLine(error.message)}`;
  const [first = '', ...rest] = wrapped(heading, width - 'error '.length);
  const lines = [
    `${paint('red', 'error')} ${paint('bold', first)}`,
    ...rest.map((line) => `      ${paint('bold', line)}`),
  ];
  lines.push(...excerpt.map((line) => `  ${paint('dim', printable(line))}`));
  for (const problem of problems.slice(0, MOST_PROBLEMS)) {
    const path = oneLine(problem.path) || 'the whole file';
    lines.push(`  ${paint('yellow', path)}${problem.value === undefined ? '' : ` = ${show(problem.value)}`}`);
    lines.push(...wrapped(oneLine(problem.message), width, '    '));
    if (problem.instead !== '') lines.push(...wrapped(`write instead: ${oneLine(problem.instead)}`, width, '    '));
  }
  if (problems.length > MOST_PROBLEMS) {
    lines.push(`  and ${counted(problems.length - MOST_PROBLEMS, 'more problem')}; --json lists all of them`);
  }
  if (nextStep !== undefined) lines.push(...wrapped(oneLine(nextStep), width, '  ').map((line) => paint('cyan', line)));
  lines.push(paint('dim', `  (${error.code})`));
  return lines;
}

/** The same for programs. */
export const errorJson = (error: CliError) => ({
  error: {
    code: error.code,
    fault: error.fault,
    message: error.message,
    where: error.details.where ?? null,
    next_step: error.details.nextStep ?? null,
    problems: (error.details.problems ?? []).map(({ path, value, message, instead, code }) => ({
      code,
      path,
      value: value ?? null,
      message,
      instead,
    })),
  },
});
