import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '#core/results/statistics/holm.ts';

const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('p-values adjusted for their number', () => {
  it('are those that Holm worked out', () => {
    // 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 is not below the one before it.
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(9)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('reject what stepping down through alpha / (m - k) rejects', () => {
    fc.assert(
      fc.property(ps, fc.double({ min: 0.001, max: 0.3, noNaN: true }), (list, alpha) => {
        const adjusted = holm(list);
        const sorted = list.toSorted((a, b) => a - b);
        const stop = sorted.findIndex((p, rank) => !((sorted.length - rank) * p < alpha));
        const rejected = stop < 0 ? sorted.length : stop;
        expect(adjusted.filter((p) => p < alpha)).toHaveLength(rejected);
      }),
    );
  });

  it('are no smaller than they were, no larger than 1 or than Bonferroni has them, and in the same order', () => {
    fc.assert(
      fc.property(ps, (list) => {
        const adjusted = holm(list);
        for (const [index, p] of adjusted.entries()) {
          expect(p).toBeGreaterThanOrEqual(list[index]!);
          expect(p).toBeLessThanOrEqual(Math.min(1, list[index]! * list.length));
          for (const [other, q] of adjusted.entries())
            if (list[other]! < list[index]!) expect(q).toBeLessThanOrEqual(p);
        }
      }),
    );
  });
});
