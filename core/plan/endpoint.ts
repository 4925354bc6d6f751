import type { MatrixDeployment } from '../matrix/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import type { Draft } from './draft.ts';
import type { PhaseDurations } from './durations.ts';
import { type CellSeconds, estimateDeployment } from './estimate.ts';

/** No node idles while a poll is waited for, but somebody does. */
export const POLLS_AS_IF_USD_PER_HOUR = 1;

/**
 * What measuring a server that runs already takes. It costs the run nothing, whatever it costs its owner: it was
 * paid for before, and is not stopped after.
 */
export function withoutNode(
  deployment: MatrixDeployment,
  { durations, cellSeconds, region }: { durations: PhaseDurations; cellSeconds: CellSeconds; region: string },
): Draft {
  const price: PriceQuote = {
    instanceType: deployment.instanceType,
    region,
    capacityType: 'on-demand',
    priceUsdPerHour: 0,
    feeUsdPerHour: 0,
    source: 'an endpoint runs already: the run buys nothing for it',
    effectiveAt: '',
  };
  const nothing = { launch: 0, pull: 0, load: 0, release: 0 };
  const estimate = estimateDeployment({
    deployment,
    price,
    durations: { ...durations, ...nothing },
    cellSeconds,
    holdSeconds: 0,
  });
  // It stays up by itself.
  return { deployment, prices: [price], holdSeconds: 0, estimate };
}

/** What its figures are divided by: the price that the user gave, if one was given. */
export function givenPrices(
  { instanceType, capacityTypes, givenPriceUsdPerHour }: MatrixDeployment,
  region: string,
  startedAt: string,
): PriceQuote[] {
  if (givenPriceUsdPerHour === undefined) return [];
  const of = (capacityType: PriceQuote['capacityType']): PriceQuote => ({
    instanceType,
    region,
    capacityType,
    priceUsdPerHour: givenPriceUsdPerHour,
    feeUsdPerHour: 0,
    source: 'given by the user',
    effectiveAt: startedAt.slice(0, 10),
  });
  return capacityTypes.map(of);
}

/** Deployments at once: two that share a server would measure each other. */
export function atOneServer(deployments: readonly MatrixDeployment[]): number {
  const urls = deployments.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [new URL(endpoint.url).origin]));
  return new Set(urls).size < urls.length ? 1 : Number.POSITIVE_INFINITY;
}
