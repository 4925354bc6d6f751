import { describe, expect, it } from 'vitest';
import { eachListOnce, priceLines } from '#cli/render/prices.ts';
import { plain } from '#cli/terminal/paint.ts';

const LIST = 'AWS Price List (us-east-1, Linux, on demand), checked in';

describe('where prices were read', () => {
  it('is said once of each list, with how each fee follows', () => {
    const effectiveAt = '2026-07-20';
    const told = eachListOnce([
      { source: `${LIST}; fee derived`, effectiveAt },
      { source: `${LIST}; fee estimated`, effectiveAt },
      { source: `${LIST}; fee derived`, effectiveAt },
      { source: 'given by the user' },
    ]);
    expect(told).toEqual([`${LIST}, ${effectiveAt}; fee derived; fee estimated`, 'given by the user']);
  });

  it('tells apart the dates that prices of one list hold from', () => {
    const told = eachListOnce([
      { source: LIST, effectiveAt: '2026-07-20' },
      { source: LIST, effectiveAt: '2026-08-01' },
    ]);
    expect(told).toEqual([`${LIST}, 2026-07-20`, `${LIST}, 2026-08-01`]);
  });

  it('stands below a comparison for the baseline too', () => {
    const row = { price_source: LIST, baseline_price_source: 'given by the user' };
    const [line] = priceLines([row], { width: 400, paint: plain });
    expect(line).toBe(`Prices: ${LIST}; given by the user.`);
  });

  it('stands below an answer for both of its sides', () => {
    const row = { price_source: LIST, price_effective_at: '2026-07-20', dear_price_source: `${LIST}; fee derived` };
    const [line] = priceLines([row, { ...row, dear_price_effective_at: '2026-07-20' }], { width: 400, paint: plain });
    expect(line).toBe(`Prices: ${LIST}, 2026-07-20; fee derived; ${LIST}; fee derived.`);
    expect(priceLines([{ instance_type: 'g5.xlarge' }], { width: 400, paint: plain })).toEqual([]);
  });
});
