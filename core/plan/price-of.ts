import type { PriceQuote } from '../ports/prices.ts';
import { usdPerHour } from '../pricing/quote.ts';
import type { NodeFacts } from '../workflow/payload.ts';
import type { Deployment } from './types.ts';

/**
 * The price that a deployment's node is paid at: of the capacity type that the node itself names, else of
 * the one that was asked for. Null for an endpoint whose price nobody gave.
 */
export function priceOf(
  deployment: Deployment,
  node: Pick<NodeFacts, 'capacityType'>,
  capacity: number,
): PriceQuote | null {
  const named = deployment.capacityTypes.indexOf(node.capacityType as PriceQuote['capacityType']);
  const price = deployment.prices[named >= 0 ? named : capacity] ?? deployment.prices[0];
  if (price === undefined && deployment.endpoint !== undefined) return null;
  if (price === undefined) throw new RangeError(`deployment ${deployment.id} was planned without a price`);
  return price;
}

/** The dearest that a node may be bought for: what is counted with while nobody knows which it was. */
export const dearestOf = (prices: readonly PriceQuote[]): PriceQuote =>
  prices.reduce((dearest, price) => (usdPerHour(price) > usdPerHour(dearest) ? price : dearest));
