import type { EC2Client } from '@aws-sdk/client-ec2';
import type { PricingClient } from '@aws-sdk/client-pricing';
import type { Clock } from '#core/ports/clock.ts';
import type { CapacityType, PriceQuote, Prices } from '#core/ports/prices.ts';
import { UnknownPriceError } from '#core/workflow/errors.ts';
import { systemClock } from '../clock/system-clock.ts';
import { autoModeFee } from './auto-mode-fee.ts';
import { onDemandPrice } from './on-demand.ts';
import { spotPrice } from './spot.ts';

interface PriceClients {
  /** The Price List API answers in three regions only, for all of them: the client is to be of us-east-1. */
  pricing: PricingClient;
  /** Of the region that is asked about. */
  ec2: EC2Client;
}

type Quoted = Pick<PriceQuote, 'priceUsdPerHour' | 'source' | 'effectiveAt'>;

/**
 * Prices of the day. Reserved capacity is quoted at the on-demand price, which it never exceeds: what was paid for
 * it ahead is nobody's to know here, and the source says so. Answers are kept for the life of the process: a
 * matrix asks for the same types again and again.
 */
export function awsPrices({ pricing, ec2 }: PriceClients, clock: Clock = systemClock): Prices {
  const known = new Map<string, Promise<PriceQuote>>();

  const base = async (instanceType: string, region: string, capacityType: CapacityType, zone?: string) => {
    if (capacityType !== 'spot') return onDemand(pricing, instanceType, region, capacityType);
    const regionOfClient = await ec2.config.region();
    if (regionOfClient !== region) {
      throw new UnknownPriceError(`Spot prices of ${region} cannot be read from ${regionOfClient}.`);
    }
    const spot = await spotPrice(ec2, clock, { instanceType, ...(zone === undefined ? {} : { zone }) });
    return {
      priceUsdPerHour: spot.usdPerHour,
      source: `EC2 spot price history (${spot.zone}${zone === undefined ? ', the dearest zone' : ''}, Linux)`,
      effectiveAt: spot.effectiveAt,
    };
  };

  const quote: Prices['quote'] = async ({ instanceType, region, capacityType, zone }) => {
    const [price, fee] = await Promise.all([
      base(instanceType, region, capacityType, zone),
      autoModeFee(pricing, { instanceType, region }),
    ]);
    return {
      instanceType,
      region,
      capacityType,
      priceUsdPerHour: price.priceUsdPerHour,
      feeUsdPerHour: fee.usdPerHour,
      source: `${price.source}; Auto Mode fee: AWS Price List, SKU ${fee.sku}`,
      effectiveAt: price.effectiveAt,
    };
  };

  return {
    quote: (request) => {
      const key = JSON.stringify([request.instanceType, request.region, request.capacityType, request.zone]);
      const asked = known.get(key) ?? quote(request);
      known.set(key, asked);
      // A price that could not be had is asked for again.
      asked.catch(() => known.delete(key));
      return asked;
    },
  };
}

async function onDemand(
  pricing: PricingClient,
  instanceType: string,
  region: string,
  capacityType: CapacityType,
): Promise<Quoted> {
  const { usdPerHour, sku, effectiveAt } = await onDemandPrice(pricing, { instanceType, region });
  const bound = capacityType === 'reserved' ? ', on-demand price as the upper bound of reserved' : '';
  return {
    priceUsdPerHour: usdPerHour,
    source: `AWS Price List (${region}, Linux, on demand), SKU ${sku}${bound}`,
    effectiveAt,
  };
}
