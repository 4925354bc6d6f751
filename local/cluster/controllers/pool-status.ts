import { Label } from '#core/cluster/names.ts';
import { isoTime } from '#core/ports/clock.ts';
import { withCondition } from '../objects/conditions.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { usageOf } from './pool-usage.ts';

/** A pool is Ready when its NodeClass is there: an instance type that nobody knows leaves it so, as in Karpenter. */
export function poolStatus(plane: ControlPlane): Controller {
  const { objects, timers } = plane;
  return {
    name: 'pool-status',
    watches: {
      NodePool: (pool) => [pool.metadata.name],
      NodeClaim: (claim) => [claim.metadata.labels?.[Label.nodePool] ?? ''],
    },
    reconcile: (name) => {
      const pool = objects.find('NodePool', `/${name}`);
      if (pool === undefined) return;
      const nodeClass = pool.spec.template.spec.nodeClassRef;
      // EKS Auto Mode brings this one along.
      const isThere = nodeClass.name === 'default' || objects.find<string>(nodeClass.kind, `/${nodeClass.name}`);
      const usage = Object.entries(usageOf(plane, pool)).map(([resource, amount]) => [resource, String(amount)]);
      objects.change('NodePool', `/${name}`, (draft) => {
        let conditions = draft.status?.conditions ?? [];
        for (const type of ['NodeClassReady', 'Ready']) {
          const missing = { reason: 'NodeClassNotFound', message: 'NodeClass not found on cluster' };
          const verdict = isThere
            ? { status: 'True' as const, reason: type }
            : { status: 'False' as const, ...missing };
          conditions = withCondition(conditions, { type, ...verdict }, isoTime(timers.clock));
        }
        draft.status = { conditions, resources: Object.fromEntries(usage) };
      });
      return;
    },
  };
}
