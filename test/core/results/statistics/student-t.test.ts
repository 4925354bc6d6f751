import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twoSidedP, twoSidedQuantile } from '#core/results/statistics/student-t.ts';

/** Rows of the table in every textbook: degrees of freedom, and the quantiles of 95 % and 99 %, two-sided. */
const TABLE = [
  [1, 12.706, 63.657],
  [2, 4.303, 9.925],
  [3, 3.182, 5.841],
  [4, 2.776, 4.604],
  [5, 2.571, 4.032],
  [6, 2.447, 3.707],
  [7, 2.365, 3.499],
  [8, 2.306, 3.355],
  [9, 2.262, 3.25],
  [10, 2.228, 3.169],
  [15, 2.131, 2.947],
  [20, 2.086, 2.845],
  [30, 2.042, 2.75],
  [60, 2.0, 2.66],
  [120, 1.98, 2.617],
  [Number.POSITIVE_INFINITY, 1.96, 2.576],
] as const;

/** P(|T| <= t) as a finite sum for whole degrees of freedom: Abramowitz and Stegun 26.7.3 and 26.7.4. */
function within(t: number, df: number): number {
  const theta = Math.atan(t / Math.sqrt(df));
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const isOdd = df % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= df - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
}

describe("Student's t", () => {
  it.each(TABLE)('has the quantiles of the tables at %d degrees of freedom', (df, q95, q99) => {
    expect(Math.abs(twoSidedQuantile(0.95, df) - q95)).toBeLessThan(5.1e-4);
    expect(Math.abs(twoSidedQuantile(0.99, df) - q99)).toBeLessThan(5.1e-4);
  });

  it('has the probabilities of the finite sums, at any whole degrees of freedom', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 60, noNaN: true }), (df, t) => {
        expect(Math.abs(1 - twoSidedP(t, df) - within(t, df))).toBeLessThan(1e-10);
        expect(twoSidedP(-t, df)).toBe(twoSidedP(t, df));
      }),
    );
  });

  it('has quantiles that its probabilities give back, also between whole degrees of freedom', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.7, max: 5000, noNaN: true }),
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        (df, level) => {
          expect(twoSidedP(twoSidedQuantile(level, df), df)).toBeCloseTo(1 - level, 9);
        },
      ),
    );
  });

  it.each([
    [0, 3, 1],
    [Number.POSITIVE_INFINITY, 3, 0],
    [1e9, 3, 0],
    [2, Number.NaN, Number.NaN],
    [2, 0, Number.NaN],
    [Number.NaN, 3, Number.NaN],
  ])('of t = %d at %d degrees of freedom is %d', (t, df, p) => {
    if (Number.isNaN(p)) expect(twoSidedP(t, df)).toBeNaN();
    else expect(twoSidedP(t, df)).toBeCloseTo(p, 12);
  });
});
