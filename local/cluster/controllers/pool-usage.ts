import { instanceShape, type Resources } from '../instance-shapes.ts';
import type { NodeClaim, NodePool } from '../objects/shapes.ts';
import { quantity } from '../quantity.ts';
import type { ControlPlane } from './controller.ts';
import { type Offer, typesOf } from './offers.ts';

/** What the claims of a pool have or will have, those on their way out included: each names first what is tried first. */
export function usageOf({ objects }: ControlPlane, pool: NodePool): Resources {
  const claims = objects
    .dependents(pool.metadata.uid!)
    .filter((object): object is NodeClaim => object.kind === 'NodeClaim');
  const usage: Resources = {};
  for (const { spec } of claims) {
    const [first = ''] = typesOf(spec.requirements);
    for (const [resource, amount] of Object.entries(instanceShape(first)?.capacity ?? {})) {
      usage[resource] = (usage[resource] ?? 0) + amount;
    }
  }
  return usage;
}

export const isWithinLimits = (pool: NodePool, usage: Readonly<Resources>, offer: Offer): boolean =>
  Object.entries(pool.spec.limits ?? {}).every(
    ([resource, limit]) => (usage[resource] ?? 0) + (offer.capacity[resource] ?? 0) <= quantity(limit),
  );
