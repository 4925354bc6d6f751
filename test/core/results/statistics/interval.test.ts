import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from '#core/results/statistics/interval.ts';

describe('the interval of a mean', () => {
  it('is the one of the textbooks', () => {
    // Mean 10, s = 2, s / sqrt(5) = 0.894, t(4) = 2.776.
    const { mean, std, interval } = summarize([8, 9, 9, 11, 13])!;
    expect([mean, std]).toEqual([10, 2]);
    expect(interval!.low).toBeCloseTo(10 - 2.4833, 3);
    expect(interval!.high).toBeCloseTo(10 + 2.4833, 3);
  });

  it('does not pretend to know the spread of one value, and is nothing of none', () => {
    expect(summarize([7])).toEqual({ count: 1, mean: 7, min: 7, max: 7, std: null, interval: null });
    expect(summarize([])).toBeUndefined();
  });

  const values = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 2, maxLength: 12 });

  it('moves with the values, and stretches with them', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.5, max: 100, noNaN: true }), (list, factor) => {
        const [before, after] = [summarize(list)!, summarize(list.map((value) => 3 + value * factor))!];
        expect(after.mean).toBeCloseTo(3 + before.mean * factor, 6);
        expect(after.interval!.high - after.interval!.low).toBeCloseTo(
          (before.interval!.high - before.interval!.low) * factor,
          5,
        );
      }),
    );
  });

  it('has no width when the values are equal, and does not depend on their order', () => {
    fc.assert(
      fc.property(values, (list) => {
        const [one, other] = [summarize(list)!, summarize(list.toReversed())!];
        expect(one.interval!.low).toBeCloseTo(other.interval!.low, 8);
        expect(one.min).toBeLessThanOrEqual(one.mean * (1 + 1e-12));
      }),
    );
    expect(summarize([4, 4, 4])!.interval).toEqual({ low: 4, high: 4 });
  });
});
