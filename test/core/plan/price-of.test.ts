import { describe, expect, it } from 'vitest';
import { priceOf } from '#core/plan/price-of.ts';
import type { CapacityType } from '#core/ports/prices.ts';
import { sampleDeployment, samplePrice } from '../results/samples.ts';

const price = (capacityType: CapacityType, priceUsdPerHour: number) => ({
  ...samplePrice,
  capacityType,
  priceUsdPerHour,
});
const deployment = {
  ...sampleDeployment,
  capacityTypes: ['spot', 'on-demand'] as CapacityType[],
  prices: [price('spot', 1), price('on-demand', 3)],
};
const of = (capacityType: string, capacity: number) => priceOf(deployment, { capacityType }, capacity)?.capacityType;

describe('the price of a node', () => {
  it('is that of the capacity type that the node names, whatever was asked for', () => {
    expect(of('on-demand', 0)).toBe('on-demand');
    expect(of('spot', 1)).toBe('spot');
  });

  it('is that of what was asked for when the node names none, or one that has no price', () => {
    expect(of('', 1)).toBe('on-demand');
    expect(of('reserved', 0)).toBe('spot');
    expect(of('', 7)).toBe('spot');
  });

  it('is never made up', () => {
    expect(() => priceOf({ ...deployment, prices: [] }, { capacityType: 'spot' }, 0)).toThrow(RangeError);
  });
});
