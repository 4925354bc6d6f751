import type { Resources } from '../instance-shapes.ts';
import type { NodeClaim, NodePool } from '../objects/shapes.ts';
import { quantity } from '../quantity.ts';
import type { ControlPlane } from './controller.ts';
import { add } from './fit.ts';
import { firstOffer, type Offer } from './offers.ts';

/** What the claims of a pool have or will have, those on their way out included. */
export function usageOf({ objects, zones }: ControlPlane, pool: NodePool): Resources {
  const claims = objects
    .dependents(pool.metadata.uid!)
    .filter((object): object is NodeClaim => object.kind === 'NodeClaim');
  return claims.map((claim) => firstOffer(claim.spec.requirements, pool, zones)?.capacity ?? {}).reduce(add, {});
}

export const isWithinLimits = (pool: NodePool, usage: Readonly<Resources>, offer: Offer): boolean =>
  Object.entries(pool.spec.limits ?? {}).every(
    ([resource, limit]) => (usage[resource] ?? 0) + (offer.capacity[resource] ?? 0) <= quantity(limit),
  );
