import { expect, test } from 'vitest';
import { everyStep } from '#lambdas/cluster/every-step.ts';

test('every step is taken, in order, and the first error is told at the end', async () => {
  const taken: number[] = [];
  const step = (number: number, error?: string) => async () => {
    await Promise.resolve();
    taken.push(number);
    if (error !== undefined) throw new Error(error);
  };
  await expect(everyStep([step(1), step(2, 'second'), step(3), step(4, 'fourth')])).rejects.toThrow('second');
  expect(taken).toEqual([1, 2, 3, 4]);
  await expect(everyStep([step(5)])).resolves.toBeUndefined();
});
