import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectOf, logDifference, meanDifference } from '#core/results/compare/effect.ts';
import { RUN_NOISE } from '#core/results/compare/noise.ts';
import { twoSidedP, twoSidedQuantile } from '#core/results/statistics/student-t.ts';

const repeats = fc.array(fc.double({ min: 10, max: 1000, noNaN: true }), { minLength: 1, maxLength: 8 });
const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
const SOME = { variance: 0.03 ** 2, df: 9 };
const difference = (run: number[], baseline: number[], noise = SOME) =>
  logDifference({ values: run, noise }, { values: baseline, noise });
const effect = (run: number[], baseline: number[]) => effectOf(difference(run, baseline));

describe('the effect between two sets of repeats', () => {
  it('is the ratio of their geometric means', () => {
    expect(effect([90, 110], [100, 100]).change).toBeCloseTo(Math.sqrt(90 * 110) / 100 - 1, 12);
  });

  it('has the noise of each repeat, that between runs, and the degrees of freedom of the first in its error', () => {
    const within = 0.03 ** 2 * (1 / 3 + 1 / 2);
    const total = within + 2 * RUN_NOISE ** 2;
    const { change, low, high, p } = effect([1, 2, 4], [8, 8.5]);
    const df = total ** 2 / (within ** 2 / 9);
    const reach = twoSidedQuantile(0.95, df) * Math.sqrt(total);
    expect(Math.log1p(high) - Math.log1p(change)).toBeCloseTo(reach, 9);
    expect(Math.log1p(change) - Math.log1p(low)).toBeCloseTo(reach, 9);
    expect(p).toBeCloseTo(twoSidedP(Math.log1p(change) / Math.sqrt(total), df), 12);
  });

  it('does not depend on the unit, and turns around with the runs', () => {
    fc.assert(
      fc.property(repeats, repeats, factor, (run, baseline, unit) => {
        const one = effect(run, baseline);
        const other = effect(
          run.map((value) => value * unit),
          baseline.map((value) => value * unit),
        );
        expect(other.p).toBeCloseTo(one.p, 9);
        // Not as a quotient: two runs alike have no change at all.
        expect(Math.abs(other.change - one.change)).toBeLessThanOrEqual(1e-12 + 1e-6 * Math.abs(one.change));
        const back = effect(baseline, run);
        expect((1 + back.change) * (1 + one.change)).toBeCloseTo(1, 9);
        expect((1 + back.low) * (1 + one.high)).toBeCloseTo(1, 6);
        expect(back.p).toBeCloseTo(one.p, 9);
      }),
    );
  });

  it('has an interval around it, which leaves out no change exactly when p is below 5 %', () => {
    fc.assert(
      fc.property(repeats, repeats, (run, baseline) => {
        const { change, low, high, p } = effect(run, baseline);
        expect(low).toBeLessThan(change);
        expect(change).toBeLessThan(high);
        if (Math.abs(p - 0.05) > 1e-9) expect(low > 0 || high < 0).toBe(p < 0.05);
      }),
    );
  });

  it('says that it rests on an assumption when a side has a single repeat', () => {
    expect(effect([100, 101], [100]).basis).toBe('assumed');
    expect(effect([100, 101], [100, 99]).basis).toBe('repeats');
  });

  it('is never sure beyond the noise between runs, however many repeats and cells agree', () => {
    const same = difference(new Array(50).fill(102), new Array(50).fill(100), { variance: 1e-6, df: 100 });
    expect(effectOf(same).p).toBeGreaterThan(0.4);
    expect(effectOf(meanDifference(new Array(50).fill(same))).p).toBeGreaterThan(0.4);
  });
});

describe('the mean over the cells of a deployment', () => {
  it('is surer than each of them by the square root of their number, but for the noise between runs', () => {
    const one = difference([95, 100, 105], [90, 100, 110]);
    const mean = meanDifference(new Array(9).fill(one));
    expect(mean.estimate).toBeCloseTo(one.estimate, 12);
    expect(mean.variance).toBeCloseTo(one.variance / 9, 12);
    // Nine times the degrees of freedom.
    expect(mean.variance ** 2 / mean.looseness / (one.variance ** 2 / one.looseness)).toBeCloseTo(9, 9);
    expect(mean.basis).toBe('repeats');
    expect(meanDifference([one, difference([1], [1])]).basis).toBe('assumed');
  });
});
