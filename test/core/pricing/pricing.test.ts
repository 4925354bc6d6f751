import { describe, expect, it } from 'vitest';
import { AUTO_MODE_FEES, autoModeFeeUsdPerHour } from '#core/pricing/auto-mode-fee.ts';
import { GPU_INSTANCE_TYPES, gpuInstanceFacts, instanceFamily } from '#core/pricing/gpu-instances.ts';
import { quotaClass } from '#core/pricing/quota.ts';
import { cost, quote, usdPerHour } from '#core/pricing/quote.ts';
import { SERVICE_RATES } from '#core/pricing/service-rates.ts';
import { LOAD_INSTANCE_TYPE, SHARED_RATES } from '#core/pricing/shared-rates.ts';
import { listPriceUsdPerHour, US_EAST_1_ON_DEMAND } from '#core/pricing/us-east-1.ts';

const onDemand = (instanceType: string) => quote({ instanceType, region: 'us-east-1', capacityType: 'on-demand' });

describe('the price table', () => {
  it('prices every instance type that a matrix may name, and the load generators', () => {
    for (const type of [...GPU_INSTANCE_TYPES, LOAD_INSTANCE_TYPE])
      expect(listPriceUsdPerHour(type), type).toBeGreaterThan(0);
  });

  it('covers G5, G6, G6e, P4d and P5', () => {
    expect(new Set(GPU_INSTANCE_TYPES.map(instanceFamily))).toEqual(new Set(['g5', 'g6', 'g6e', 'p4d', 'p5', 'p5en']));
  });

  it('says when it was read', () => {
    expect(US_EAST_1_ON_DEMAND.effectiveAt).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(US_EAST_1_ON_DEMAND.source).toContain(US_EAST_1_ON_DEMAND.effectiveAt);
  });

  it('is sorted by family, then size', () => {
    const byFamily = Map.groupBy(GPU_INSTANCE_TYPES, instanceFamily);
    expect([...byFamily.values()].flat()).toEqual(GPU_INSTANCE_TYPES);
    for (const types of byFamily.values()) {
      const vcpus = types.map((type) => gpuInstanceFacts(type)?.vcpus as number);
      expect(vcpus).toEqual(vcpus.toSorted((a, b) => a - b));
    }
  });

  it('has the G5 prices of AWS: 16xlarge is not the 4.352 of g4dn', () => {
    expect(
      ['xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', '48xlarge'].map((size) =>
        listPriceUsdPerHour(`g5.${size}`),
      ),
    ).toEqual([1.006, 1.212, 1.624, 2.448, 5.672, 4.096, 8.144, 16.288]);
  });
});

it('knows the GPUs of the instances that were measured', () => {
  expect(gpuInstanceFacts('g5.12xlarge')).toMatchObject({ gpuName: 'A10G', gpuCount: 4, vcpus: 48, memoryGiB: 192 });
  expect(gpuInstanceFacts('g5.48xlarge')).toMatchObject({ gpuName: 'A10G', gpuCount: 8, vcpus: 192, memoryGiB: 768 });
  expect(gpuInstanceFacts('toString')).toBeUndefined();
});

describe('the Auto Mode fee', () => {
  it('is what the price list has where it was read', () => {
    expect(autoModeFeeUsdPerHour('g6.xlarge', 1.1672)).toBeCloseTo(0.09104, 5);
    expect(autoModeFeeUsdPerHour('g5.xlarge', 1.237)).toBeCloseTo(0.09649, 5);
  });

  it('says of every family whether it was read or taken over', () => {
    for (const type of [...GPU_INSTANCE_TYPES, LOAD_INSTANCE_TYPE]) {
      expect(AUTO_MODE_FEES[instanceFamily(type)]?.basis, type).toMatch(/^(derived|estimated)$/);
    }
  });
});

describe('a quote', () => {
  it('carries where and when its price was read', () => {
    expect(onDemand('g5.8xlarge')).toMatchObject({
      priceUsdPerHour: 2.448,
      feeUsdPerHour: 0.19094,
      effectiveAt: US_EAST_1_ON_DEMAND.effectiveAt,
      source: expect.stringContaining('AWS Price List'),
    });
  });

  it('costs by the second, fee included', () => {
    const price = onDemand('g5.8xlarge');
    expect(usdPerHour(price)).toBeCloseTo(2.63894, 6);
    expect(cost(1800, price)).toBeCloseTo(2.63894 / 2, 6);
    expect(cost(0, price)).toBe(0);
  });

  it('bounds spot by the on-demand price, and says so', () => {
    const spot = quote({ instanceType: 'g5.8xlarge', region: 'us-east-1', capacityType: 'spot' });
    expect(spot.priceUsdPerHour).toBe(2.448);
    expect(spot.source).toContain('upper bound of spot');
  });

  it('is refused where the table says nothing', () => {
    expect(() => quote({ instanceType: 'g5.8xlarge', region: 'eu-west-1', capacityType: 'on-demand' })).toThrow(
      expect.objectContaining({ name: 'UnknownPrice' }),
    );
    expect(() => onDemand('g5.9xlarge')).toThrow(expect.objectContaining({ name: 'UnknownPrice' }));
  });
});

it('knows which quota a type counts against', () => {
  expect(quotaClass('g6e.48xlarge', 'on-demand').quotaCode).toBe('L-DB2E81BA');
  expect(quotaClass('g5.xlarge', 'reserved')).toEqual(quotaClass('g6.xlarge', 'on-demand'));
  expect(quotaClass('p5en.48xlarge', 'on-demand').quotaCode).toBe('L-417A185B');
  expect(quotaClass('p4d.24xlarge', 'spot')).not.toEqual(quotaClass('p5.48xlarge', 'spot'));
  expect(quotaClass('c7i.4xlarge', 'on-demand').quotaCode).toBe('L-1216C47A');
});

describe('the rates of services', () => {
  it('say each where and when they were read', () => {
    for (const [name, { usd, source, asOf }] of Object.entries(SERVICE_RATES)) {
      expect(usd, name).toBeGreaterThan(0);
      expect(source, name).toMatch(/^https:\/\/|^AWS price list/);
      expect(asOf, name).toMatch(/^20\d\d(-\d\d){0,2}$/);
    }
  });

  it('make a call of a task no dearer than it is estimated', () => {
    // 512 MB, 0.3 s and a request: the estimate has a call of 1 GB and 0.25 s, on x86.
    const call = 0.5 * 0.3 * SERVICE_RATES.lambdaGbSecond.usd + SERVICE_RATES.lambdaRequest.usd;
    expect(call).toBeLessThan(SHARED_RATES.taskCallUsd);
  });
});
