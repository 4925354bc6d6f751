import { createHash } from 'node:crypto';
import { Label } from '#core/cluster/names.ts';
import { API_VERSION } from '../objects/kinds.ts';
import type { NodeClaim, NodePool } from '../objects/shapes.ts';
import type { Offer } from './offers.ts';

/** A request for one of the offers. Lifetime and grace are the pool's of this moment: later changes do not reach it. */
export function newClaim(pool: NodePool, offers: readonly Offer[], serial: number): NodeClaim {
  const { apiVersion, kind } = pool;
  const { name, uid } = pool.metadata;
  const { spec, metadata } = pool.spec.template;
  const only = (key: string, values: string[]) => ({ key, operator: 'In', values: [...new Set(values)] });
  return {
    apiVersion: API_VERSION.NodeClaim,
    kind: 'NodeClaim',
    metadata: {
      name: `${name}-${suffix(`${uid} ${serial}`)}`,
      labels: { ...metadata?.labels, [Label.nodePool]: name },
      annotations: { ...metadata?.annotations },
      ownerReferences: [{ apiVersion, kind, name, uid: uid! }],
      finalizers: ['karpenter.sh/termination'],
    },
    spec: {
      nodeClassRef: spec.nodeClassRef,
      requirements: [
        only(
          Label.instanceType,
          offers.map((offer) => offer.instanceType),
        ),
        only(
          Label.capacityType,
          offers.map((offer) => offer.capacityType),
        ),
        only(
          Label.zone,
          offers.map((offer) => offer.zone),
        ),
      ],
      ...(spec.taints === undefined ? {} : { taints: [...spec.taints] }),
      ...(spec.expireAfter === undefined ? {} : { expireAfter: spec.expireAfter }),
      ...(spec.terminationGracePeriod === undefined ? {} : { terminationGracePeriod: spec.terminationGracePeriod }),
    },
    status: { conditions: [] },
  };
}

/** What generateName appends, but the same in every run. */
export const suffix = (of: string): string => createHash('sha256').update(of).digest('hex').slice(0, 5);
