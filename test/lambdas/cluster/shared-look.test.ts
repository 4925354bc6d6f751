import { expect, test } from 'vitest';
import { SharedLook } from '#lambdas/cluster/shared-look.ts';

/** Looks that end when they are told to. */
function looking() {
  const looks = new SharedLook<object, number>();
  const key = {};
  const ends: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const ask = () =>
    looks.at(key, () => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      ends.push({ resolve, reject });
      return promise;
    });
  return { ask, ends, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

test('who comes while a look is under way shares the next one, which sees what came since', async () => {
  const { ask, ends, settled } = looking();
  const first = ask();
  await settled();
  const others = [ask(), ask(), ask()];
  await settled();
  expect(ends).toHaveLength(1);
  ends[0]!.resolve(1);
  await settled();
  expect(ends).toHaveLength(2);
  ends[1]!.resolve(2);
  expect(await Promise.all([first, ...others])).toEqual([1, 2, 2, 2]);
});

test('a look that fails is the failure of those who shared it, and of nobody else', async () => {
  const { ask, ends, settled } = looking();
  const first = ask();
  await settled();
  const second = ask();
  ends[0]!.reject(new Error('throttled'));
  await expect(first).rejects.toThrow('throttled');
  await settled();
  ends[1]!.resolve(2);
  expect(await second).toBe(2);
});
