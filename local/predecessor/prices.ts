import type { PriceQuote, Prices } from '#core/ports/prices.ts';
import { quote } from '#core/pricing/quote.ts';
import { PUBLISHED_AT, PUBLISHED_SOURCE, PUBLISHED_USD_PER_HOUR } from './published.ts';

/** Whose prices the dollars are computed from: the predecessor's own, or those of today's table. */
export type PriceList = 'own' | 'today';

/** Its cluster had no Auto Mode: neither list has a fee for its nodes. */
export const predecessorPrices = (list: PriceList): Prices => ({
  quote: async (request): Promise<PriceQuote> => {
    const today = quote(request);
    const own = PUBLISHED_USD_PER_HOUR[request.instanceType];
    if (own === undefined) return today;
    if (list === 'today') return { ...today, feeUsdPerHour: 0, source: `${today.source.split(';')[0]}; no fee` };
    return {
      ...today,
      priceUsdPerHour: own,
      feeUsdPerHour: 0,
      source: PUBLISHED_SOURCE,
      effectiveAt: PUBLISHED_AT,
    };
  },
});
