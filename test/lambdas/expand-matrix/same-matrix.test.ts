import { expect, test } from 'vitest';
import { readMatrix } from '#core/matrix/read.ts';
import { sameMatrix } from '#lambdas/expand-matrix/same-matrix.ts';
import { MATRIX, World } from '../fakes/world.ts';

const read = (changes: object) => {
  const result = readMatrix({ ...MATRIX, ...changes });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.matrix;
};
const before = await (await World.planned()).plan();

test.each([
  ['itself', {}],
  ['another budget, name and target', { budgetUsd: 99, name: 'other', slo: { ttftP95Ms: 100 } }],
  ['another capacity type to fall back on', { capacity: { fallback: ['spot'] } }],
  ['its axes in another order', { matrix: { concurrency: [4, 2], instanceType: ['g5.16xlarge', 'g5.8xlarge'] } }],
])('a run’s matrix is the same as %s', (_, changes) => expect(sameMatrix(before, read(changes))).toBe(true));

test.each([
  ['a cell more', { matrix: { ...MATRIX.matrix, concurrency: [2, 4, 8] } }],
  ['a cell less', { matrix: { ...MATRIX.matrix, concurrency: [2] } }],
  ['another cell', { matrix: { ...MATRIX.matrix, concurrency: [2, 5] } }],
  ['a deployment more', { matrix: { ...MATRIX.matrix, instanceType: [...MATRIX.matrix.instanceType, 'g5.xlarge'] } }],
  ['a deployment less', { matrix: { ...MATRIX.matrix, instanceType: ['g5.8xlarge'] } }],
  ['longer prompts', { defaults: { ...MATRIX.defaults, isl: 65 } }],
])('a run’s matrix is not the same with %s', (_, changes) => {
  expect(sameMatrix(before, read(changes))).toBe(false);
});
