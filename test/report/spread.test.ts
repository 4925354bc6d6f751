import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsAre, inBrackets, inverse, type Spread, spreadOf } from '#report/spread.ts';

const rates = (options: { minLength: number; maxLength?: number }) =>
  fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), options);
const of = (...values: number[]) => spreadOf(values) as Spread;
const dollars = (rate: number) => 1000 / rate;

describe('the spread of repeats', () => {
  it('is the 95 % interval of their mean, by the tables: t of 4 degrees of freedom is 2.776', () => {
    const { mean, low, high, isInterval } = of(98, 99, 100, 101, 102);
    const reach = (2.776 * Math.sqrt(2.5)) / Math.sqrt(5);
    expect([mean, isInterval]).toEqual([100, true]);
    expect([low, high].map((end) => end.toFixed(2))).toEqual([(100 - reach).toFixed(2), (100 + reach).toFixed(2)]);
  });

  it('of two is what they span, and of one is nothing', () => {
    expect(of(90, 110)).toMatchObject({ mean: 100, low: 90, high: 110, isInterval: false });
    expect(of(5)).toMatchObject({ mean: 5, low: 5, high: 5, isInterval: false });
    expect(spreadOf([])).toBeNull();
  });

  it('has its mean within, and never goes below nothing', () => {
    fc.assert(
      fc.property(rates({ minLength: 1 }), (values) => {
        const { low, mean, high } = of(...values);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(mean * (1 + 1e-12));
        expect(high).toBeGreaterThanOrEqual(mean * (1 - 1e-12));
      }),
    );
  });

  it('of dollars is that of the rate, turned round', () => {
    expect(inverse(of(90, 110), dollars)).toMatchObject({ mean: 10, low: dollars(110), high: dollars(90) });
    const rate = of(98, 99, 100, 101, 102);
    expect(inverse(rate, dollars)).toMatchObject({
      low: dollars(rate.high),
      high: dollars(rate.low),
      isInterval: true,
    });
    // An interval that reaches down to no tokens at all.
    expect(inverse(of(1, 100, 200), dollars)).toMatchObject({ low: 5, high: 1000, isInterval: false });
    expect(inverse(of(0, 100), dollars)).toBeNull();
  });

  it('says what it is', () => {
    const show = (value: number) => value.toFixed(0);
    expect(inBrackets(of(5), show)).toBe('');
    expect(inBrackets(of(90, 110), show)).toBe(' (90 to 110 in 2)');
    expect(inBrackets(of(98, 99, 100, 101, 102), show)).toBe(' (98 to 102)');
    expect(barsAre([of(1), of(2)])).toContain('one valid measurement');
    expect(barsAre([of(1, 2)])).toBe(
      'Bars go from the smallest to the largest repeat, where there are too few for an interval.',
    );
    expect(barsAre([of(1, 2, 3), of(1, 2, 3, 4, 5), of(1)])).toContain("(Student's t, n = 3 to 5).");
    expect(barsAre([of(1, 2, 3), of(1, 2)])).toContain('n = 3); from the smallest');
  });
});
