import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectOf, logDifference, meanDifference } from '#core/results/compare/effect.ts';
import { RUN_NOISE } from '#core/results/compare/noise.ts';
import { twoSidedQuantile } from '#core/results/statistics/student-t.ts';

const repeats = fc.array(fc.double({ min: 10, max: 1000, noNaN: true }), { minLength: 1, maxLength: 8 });
const factor = fc.double({ min: 0.1, max: 10, noNaN: true });
const effect = (run: number[], baseline: number[]) => effectOf(logDifference(run, baseline, 0.03));

describe('the effect between two sets of repeats', () => {
  it('is the ratio of their geometric means', () => {
    expect(effect([90, 110], [100, 100]).change).toBeCloseTo(Math.sqrt(90 * 110) / 100 - 1, 12);
  });

  it("has Welch's degrees of freedom, and the noise between runs in its error", () => {
    const [run, baseline] = [
      [1, 2, 4],
      [8, 8.5],
    ];
    const logs = [run, baseline].map((side) => side!.map(Math.log));
    const parts = logs.map((side) => {
      const mean = side.reduce((a, b) => a + b, 0) / side.length;
      return side.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (side.length - 1) / side.length;
    });
    const total = parts[0]! + parts[1]! + 2 * RUN_NOISE ** 2;
    const df = total ** 2 / (parts[0]! ** 2 / 2 + parts[1]! ** 2 / 1);
    const { change, low, high, basis } = effect(run!, baseline!);
    expect(basis).toBe('repeats');
    const reach = twoSidedQuantile(0.95, df) * Math.sqrt(total);
    expect(Math.log1p(high) - Math.log1p(change)).toBeCloseTo(reach, 9);
    expect(Math.log1p(change) - Math.log1p(low)).toBeCloseTo(reach, 9);
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
        expect(other.change).toBeCloseTo(one.change, 9);
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

  it('takes one repeat for as noisy as is written down, whatever the other side has', () => {
    fc.assert(
      fc.property(repeats, (baseline) => {
        const { basis, change, high } = effect([100], baseline);
        const error = Math.sqrt(0.03 ** 2 * (1 + 1 / baseline.length) + 2 * RUN_NOISE ** 2);
        expect(basis).toBe('assumed');
        expect(Math.log1p(high) - Math.log1p(change)).toBeCloseTo(1.959964 * error, 5);
      }),
    );
  });

  it('is never sure beyond the noise between runs, however well repeats and cells agree', () => {
    const same = logDifference([101, 101, 101], [100, 100, 100], 0.03);
    expect(effectOf(same).p).toBeGreaterThan(0.4);
    expect(effectOf(meanDifference(new Array(50).fill(same))).p).toBeGreaterThan(0.4);
  });
});

describe('the mean over the cells of a deployment', () => {
  it('is surer than each of them by the square root of their number, but for the noise between runs', () => {
    const one = logDifference([95, 100, 105], [90, 100, 110], 0.03);
    const mean = meanDifference(new Array(9).fill(one));
    expect(mean.estimate).toBeCloseTo(one.estimate, 12);
    expect(mean.variance).toBeCloseTo(one.variance / 9, 12);
    expect(mean.basis).toBe('repeats');
    expect(meanDifference([one, logDifference([1], [1], 0.03)]).basis).toBe('assumed');
  });
});
