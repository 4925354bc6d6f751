import { CODES_OF_ONE_VALUE, formatPath, type Problem } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { CliError } from '../errors.ts';
import { counted } from '../render/format.ts';
import type { RepeatedField } from './json-text.ts';

/** Mistakes of one value; others may only follow from the fields that JSON has lost. */
const OF_ONE_VALUE: ReadonlySet<string> = new Set(CODES_OF_ONE_VALUE);

/** Which one was meant nobody knows: with whatever else is wrong for certain. */
export function repeatedFields(path: string, value: unknown, repeated: readonly RepeatedField[]): CliError {
  const read = readMatrix(value);
  const problems: Problem[] = [
    ...repeated.map((one) => ({
      code: 'repeated-field' as const,
      path: formatPath(one.path),
      value: undefined,
      message: `the field stands here ${one.lines.length} times, in line ${[...new Set(one.lines)].join(' and ')}: JSON would take the last and say nothing`,
      instead: 'the field once, with all that it is to have',
    })),
    ...(read.ok ? [] : read.problems.filter(({ code }) => OF_ONE_VALUE.has(code))),
  ];
  return new CliError('matrix-invalid', `the matrix has ${counted(problems.length, 'problem')}`, {
    where: `${path}:${repeated[0]?.lines[1] ?? 1}`,
    problems,
    nextStep: 'Nothing was started.',
  });
}
