import { Label } from '#core/cluster/names.ts';
import type { NodePool } from '../objects/shapes.ts';
import { durationMs } from '../quantity.ts';
import type { Controller, ControlPlane } from './controller.ts';
import type { NodePods } from './node-pods.ts';

/** WhenEmpty: a node without pods that run or will goes after the pool's consolidateAfter. */
export function emptyNodes(plane: ControlPlane, nodePods: NodePods): Controller {
  const { objects, events, timers } = plane;
  const emptySinceMs = new Map<string, number>();
  return {
    name: 'empty-nodes',
    watches: {
      Node: (node) => [node.metadata.name],
      Pod: (pod) => (pod.spec.nodeName === undefined ? [] : [pod.spec.nodeName]),
      NodePool: (pool) =>
        objects.select('Node', { [Label.nodePool]: pool.metadata.name }).map((node) => node.metadata.name),
    },
    reconcile: (name) => {
      const node = objects.find('Node', `/${name}`);
      if (node === undefined || node.metadata.deletionTimestamp !== undefined || nodePods.active(name).length > 0) {
        emptySinceMs.delete(name);
        return;
      }
      const nowMs = timers.clock.nowMs();
      const sinceMs = emptySinceMs.get(name) ?? nowMs;
      emptySinceMs.set(name, sinceMs);
      const pool = objects.find('NodePool', `/${node.metadata.labels?.[Label.nodePool]}`);
      if (pool === undefined || !plane.computeEnabled() || !allowsEmpty(pool)) return;
      const leftMs = sinceMs + durationMs(pool.spec.disruption?.consolidateAfter ?? 'Never') - nowMs;
      if (leftMs > 0) return leftMs;
      for (const { kind, name: claim } of node.metadata.ownerReferences ?? []) {
        const object = objects.find<string>(kind, `/${claim}`);
        if (object !== undefined)
          events.record(object, 'Normal', 'DisruptionTerminating', 'Disrupting NodeClaim: Empty');
        objects.requestDeletion(kind, `/${claim}`);
      }
      return;
    },
  };
}

/** A budget of zero that names no reasons, or this one, forbids it; larger ones only pace it. */
const allowsEmpty = ({ spec }: NodePool): boolean =>
  !(spec.disruption?.budgets ?? []).some(
    ({ nodes, reasons }) => (nodes === '0' || nodes === '0%') && (reasons === undefined || reasons.includes('Empty')),
  );
