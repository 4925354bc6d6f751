import type { CapacityType, PriceQuote } from '../ports/prices.ts';
import { UnknownPriceError } from '../workflow/errors.ts';
import { autoModeFeeRate, autoModeFeeUsdPerHour } from './auto-mode-fee.ts';
import { listPriceUsdPerHour, US_EAST_1_ON_DEMAND } from './us-east-1.ts';

interface QuoteRequest {
  instanceType: string;
  region: string;
  capacityType: CapacityType;
}

/**
 * A price from the checked-in table. Spot and reserved capacity are quoted at the on-demand price, which neither
 * exceeds: the budget holds, and the source says what was done.
 * @throws UnknownPriceError for another region or an instance type without a listed price.
 */
export function quote({ instanceType, region, capacityType }: QuoteRequest): PriceQuote {
  const priceUsdPerHour = region === US_EAST_1_ON_DEMAND.region ? listPriceUsdPerHour(instanceType) : undefined;
  if (priceUsdPerHour === undefined) {
    throw new UnknownPriceError(`No price for ${instanceType} in ${region} in the checked-in table.`, {
      nextStep: `The table covers ${US_EAST_1_ON_DEMAND.region}; a run in AWS reads the price list instead.`,
    });
  }
  const fee = autoModeFeeRate(instanceType);
  return {
    instanceType,
    region,
    capacityType,
    priceUsdPerHour,
    feeUsdPerHour: autoModeFeeUsdPerHour(instanceType, priceUsdPerHour),
    source: [
      US_EAST_1_ON_DEMAND.source,
      ...(capacityType === 'on-demand' ? [] : [`on-demand price as the upper bound of ${capacityType}`]),
      `Auto Mode fee ${fee.basis} (${fee.source})`,
    ].join('; '),
    effectiveAt: US_EAST_1_ON_DEMAND.effectiveAt,
  };
}

/** What an hour costs, fee included. */
export const usdPerHour = (price: Pick<PriceQuote, 'priceUsdPerHour' | 'feeUsdPerHour'>): number =>
  price.priceUsdPerHour + price.feeUsdPerHour;

/** Dollars for so many seconds; EC2 bills Linux by the second. */
export const cost = (seconds: number, price: Pick<PriceQuote, 'priceUsdPerHour' | 'feeUsdPerHour'>): number =>
  (seconds / 3600) * usdPerHour(price);
