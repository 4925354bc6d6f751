import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsPrices } from '#aws/prices/aws-prices.ts';
import type { Prices } from '#core/ports/prices.ts';
import { clientOf } from '../moto/client-config.ts';
import { type SpotEntry, startEc2 } from '../stub/ec2.ts';
import { type StubProduct, startPricing } from '../stub/pricing.ts';
import type { Stub } from '../stub/service.ts';

const NOW = '2026-07-20T12:00:00.000Z';

/** As the price list has a Linux instance; what tells the others apart is changed one at a time. */
const linux = (parts: Record<string, string> = {}): StubProduct => ({
  serviceCode: 'AmazonEC2',
  sku: 'LINUX',
  usd: '1.0060000000',
  attributes: {
    instanceType: 'g5.xlarge',
    regionCode: 'us-east-1',
    operatingSystem: 'Linux',
    preInstalledSw: 'NA',
    tenancy: 'Shared',
    capacitystatus: 'Used',
    licenseModel: 'No License required',
    marketoption: 'OnDemand',
    ...parts,
  },
});
const fee = (usagetype: string, usd = '0.0784700000'): StubProduct => ({
  serviceCode: 'AmazonEKS',
  sku: 'FEE',
  usd,
  attributes: { regionCode: 'us-east-1', usagetype },
});

describe('prices of AWS', () => {
  const products: StubProduct[] = [];
  const spot: SpotEntry[] = [];
  let pricing: Stub;
  let ec2: Stub;
  let prices: Prices;
  beforeEach(async () => {
    products.splice(0, products.length, linux(), fee('USE1-EKS-Auto:g5.xlarge-management-hours'));
    spot.length = 0;
    pricing = await startPricing(products);
    ec2 = await startEc2({ instances: [], spot });
    prices = awsPrices(
      { pricing: new PricingClient(clientOf(pricing.url)), ec2: new EC2Client(clientOf(ec2.url)) },
      { nowMs: () => Date.parse(NOW) },
    );
  });
  afterEach(async () => {
    await pricing.close();
    await ec2.close();
  });
  const quote = (parts: Partial<Parameters<Prices['quote']>[0]> = {}) =>
    prices.quote({ instanceType: 'g5.xlarge', region: 'us-east-1', capacityType: 'on-demand', ...parts });

  it('come with the fee of Auto Mode, their source and the day from which they hold', async () => {
    expect(await quote()).toEqual({
      instanceType: 'g5.xlarge',
      region: 'us-east-1',
      capacityType: 'on-demand',
      priceUsdPerHour: 1.006,
      feeUsdPerHour: 0.07847,
      source: 'AWS Price List (us-east-1, Linux, on demand), SKU LINUX; Auto Mode fee: AWS Price List, SKU FEE',
      effectiveAt: '2026-07-01',
    });
  });

  it('are those of Linux on shared hardware, in use, of the region, and of no other', async () => {
    const others = {
      operatingSystem: 'Windows',
      preInstalledSw: 'SQL Std',
      tenancy: 'Dedicated',
      capacitystatus: 'UnusedCapacityReservation',
      licenseModel: 'Bring your own license',
      marketoption: 'Reserved',
      regionCode: 'us-west-2',
      instanceType: 'g5.2xlarge',
    };
    products.push(
      ...Object.entries(others).map(([field, value]) => ({ ...linux({ [field]: value }), usd: '99', sku: field })),
    );
    expect((await quote()).priceUsdPerHour).toBe(1.006);
  });

  it('have the fee of just that type, with or without a region before it', async () => {
    products.splice(
      1,
      1,
      fee('EKS-Auto:g5.xlarge-management-hours'),
      fee('USE1-EKS-Auto:g5.xlarge-management-hours-x'),
    );
    expect((await quote()).feeUsdPerHour).toBe(0.07847);
    products.splice(
      1,
      2,
      fee('USE1-ECS-EKS-Auto:g5.xlarge-management-hours'),
      fee('EKS-Auto:g5.12xlarge-management-hours'),
    );
    expect((await quote()).feeUsdPerHour).toBe(0.07847);
  });

  it.each([
    ['none', () => products.splice(0, 1)],
    ['two', () => products.push({ ...linux(), sku: 'SECOND' })],
    ['three, on two pages', () => products.push({ ...linux(), sku: 'SECOND' }, { ...linux(), sku: 'THIRD' })],
    ['one that is not by the hour', () => products.splice(0, 1, { ...linux(), unit: 'Quantity' })],
    ['one of nothing', () => products.splice(0, 1, { ...linux(), usd: '0.0000000000' })],
    ['none for the fee', () => products.splice(1, 1)],
  ])('are unknown where the list has %s', async (_, change) => {
    change();
    await expect(quote()).rejects.toMatchObject({
      name: 'UnknownPrice',
      message: expect.stringContaining('g5.xlarge'),
    });
  });

  it('are asked for once, and again when they could not be had', async () => {
    await Promise.all([quote(), quote(), quote()]);
    await quote();
    expect(pricing.requests).toHaveLength(2);
    const [known] = products.splice(0, 1);
    await expect(quote({ capacityType: 'reserved' })).rejects.toMatchObject({ name: 'UnknownPrice' });
    products.unshift(known!);
    expect((await quote({ capacityType: 'reserved' })).priceUsdPerHour).toBe(1.006);
  });

  it('of reserved capacity are bounded by those on demand, and say so', async () => {
    expect(await quote({ capacityType: 'reserved' })).toMatchObject({
      priceUsdPerHour: 1.006,
      source: expect.stringContaining('upper bound of reserved'),
    });
  });

  describe('of spot capacity', () => {
    beforeEach(() => {
      const at = (zone: string, price: string, day: string) => ({
        type: 'g5.xlarge',
        zone,
        price,
        at: `2026-07-${day}`,
      });
      spot.push(
        at('us-east-1a', '0.9', '01T00:00:00.000Z'),
        at('us-east-1a', '0.4', '19T00:00:00.000Z'),
        at('us-east-1b', '0.6', '18T00:00:00.000Z'),
        at('us-east-1b', '5.0', '21T00:00:00.000Z'),
        { ...at('us-east-1a', '7.0', '19T00:00:00.000Z'), type: 'g5.2xlarge' },
      );
    });

    it('are that which holds in the zone where the node landed, with the fee', async () => {
      expect(await quote({ capacityType: 'spot', zone: 'us-east-1a' })).toEqual({
        instanceType: 'g5.xlarge',
        region: 'us-east-1',
        capacityType: 'spot',
        priceUsdPerHour: 0.4,
        feeUsdPerHour: 0.07847,
        source: 'EC2 spot price history (us-east-1a, Linux); Auto Mode fee: AWS Price List, SKU FEE',
        effectiveAt: '2026-07-19T00:00:00.000Z',
      });
    });

    it('are those of the dearest zone before it is known', async () => {
      expect(await quote({ capacityType: 'spot' })).toMatchObject({
        priceUsdPerHour: 0.6,
        source: expect.stringContaining('us-east-1b, the dearest zone'),
      });
    });

    it('are unknown where there are none, and for another region than that of the client', async () => {
      await expect(quote({ capacityType: 'spot', zone: 'us-east-1f' })).rejects.toMatchObject({ name: 'UnknownPrice' });
      products.push(linux({ regionCode: 'us-west-2' }));
      products.push({
        ...fee('USW2-EKS-Auto:g5.xlarge-management-hours'),
        attributes: { regionCode: 'us-west-2', usagetype: 'USW2-EKS-Auto:g5.xlarge-management-hours' },
      });
      await expect(quote({ capacityType: 'spot', region: 'us-west-2' })).rejects.toMatchObject({
        name: 'UnknownPrice',
      });
      expect((await quote({ region: 'us-west-2' })).priceUsdPerHour).toBe(1.006);
    });
  });
});
