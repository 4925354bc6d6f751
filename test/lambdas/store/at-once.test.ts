import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#lambdas/store/at-once.ts';

describe('many at once', () => {
  it('give their results in order, each done once, whichever ends first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 100 }), fc.scheduler(), async (items, scheduler) => {
        let calls = 0;
        const double = scheduler.scheduleFunction(async (item: number) => {
          calls += 1;
          return 2 * item;
        });
        expect(await scheduler.waitFor(atOnce(items, double))).toEqual(items.map((item) => 2 * item));
        expect(calls).toBe(items.length);
      }),
      { numRuns: 20 },
    );
  });

  it('are no more than 32 under way', async () => {
    let [now, most] = [0, 0];
    await atOnce(Array.from({ length: 200 }), async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
    });
    expect(most).toBe(32);
  });

  it('end with the first error, and begin nothing after it', async () => {
    let begun = 0;
    const work = async (item: number) => {
      begun += 1;
      if (item === 3) throw new Error('no');
      await Promise.resolve();
    };
    await expect(
      atOnce(
        Array.from({ length: 500 }, (_, index) => index),
        work,
      ),
    ).rejects.toThrow('no');
    await Promise.resolve();
    expect(begun).toBeLessThan(70);
  });
});
