import { expect, test } from 'vitest';
import type { Problem } from '#core/matrix/problems.ts';
import { invalidMatrix } from '#lambdas/expand-matrix/problems.ts';

const problem = (index: number): Problem => ({
  code: 'bad-format',
  path: `matrix.concurrency[${index}]`,
  value: -index,
  message: 'is too small',
  instead: '1',
});

test('every mistake is a line with its path, value, and what to write instead', () => {
  const error = invalidMatrix([{ ...problem(0), path: '', value: undefined }, problem(1)]);
  expect(error.name).toBe('InvalidMatrix');
  expect(error.message.split('\n')).toEqual([
    'The matrix has 2 mistakes:',
    'the matrix: is too small. Write 1.',
    'matrix.concurrency[1] = -1: is too small. Write 1.',
  ]);
});

test('a single mistake is not counted, and of very many the first are told, and how many more there are', () => {
  expect(invalidMatrix([problem(1)]).message).toMatch(/^The matrix has a mistake:\n/);
  const lines = invalidMatrix(Array.from({ length: 200 }, (_, index) => problem(index))).message.split('\n');
  expect(lines).toHaveLength(52);
  expect(lines.at(-1)).toBe('... and 150 more.');
});
