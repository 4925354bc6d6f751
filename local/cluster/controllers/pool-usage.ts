import type { Resources } from '../instance-shapes.ts';
import type { NodeClaim, NodePool } from '../objects/shapes.ts';
import { quantity } from '../quantity.ts';
import type { ControlPlane } from './controller.ts';
import { add } from './fit.ts';
import { type Offer, offersOf } from './offers.ts';

/** What the claims of a pool have or will have, those on their way out included. */
export function usageOf({ objects, zones }: ControlPlane, pool: NodePool): Resources {
  const claims = objects
    .dependents(pool.metadata.uid!)
    .filter((object): object is NodeClaim => object.kind === 'NodeClaim');
  return claims.map((claim) => offersOf(claim.spec.requirements, pool, zones)[0]?.capacity ?? {}).reduce(add, {});
}

export const isWithinLimits = (pool: NodePool, usage: Readonly<Resources>, offer: Offer): boolean =>
  Object.entries(pool.spec.limits ?? {}).every(
    ([resource, limit]) => (usage[resource] ?? 0) + (offer.capacity[resource] ?? 0) <= quantity(limit),
  );
