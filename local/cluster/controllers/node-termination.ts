import { isoTime } from '#core/ports/clock.ts';
import { withCondition } from '../objects/conditions.ts';
import { isOver, keyOf } from '../objects/objects.ts';
import type { Node, NodeClaim, Pod } from '../objects/shapes.ts';
import { durationMs } from '../quantity.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { mayBeDisrupted, type NodePods } from './node-pods.ts';

/** Karpenter's on a node that is being emptied. */
const DISRUPTED = { key: 'karpenter.sh/disrupted', effect: 'NoSchedule' };

/**
 * A deleted claim's way out: cordon, drain, end the instance, let go of the objects. A pod that must not be
 * disrupted is waited for until the claim's terminationGracePeriod: whoever deletes a pool before its
 * workload waits for that long.
 */
export function nodeTermination(plane: ControlPlane, nodePods: NodePods): Controller {
  const { objects, timers, latencies, instances } = plane;
  const claimOf = (node: Node | undefined): string[] => node?.metadata.ownerReferences?.map(({ name }) => name) ?? [];
  return {
    name: 'node-termination',
    watches: {
      NodeClaim: (claim) => (claim.metadata.deletionTimestamp === undefined ? [] : [claim.metadata.name]),
      Node: (node) => (node.metadata.deletionTimestamp === undefined ? [] : claimOf(node)),
      Pod: (pod) => {
        const node = objects.find('Node', `/${pod.spec.nodeName}`);
        return node?.metadata.deletionTimestamp === undefined ? [] : claimOf(node);
      },
    },
    reconcile: (name) => {
      const claim = objects.find('NodeClaim', `/${name}`);
      if (claim === undefined || !plane.computeEnabled()) return;
      if (claim.metadata.deletionTimestamp === undefined) {
        objects.requestDeletion('NodeClaim', `/${name}`);
        return;
      }
      return terminate(claim);
    },
  };

  function terminate(claim: NodeClaim): number | undefined {
    const id = claim.status.providerID?.split('/').at(-1);
    if (id === undefined) return release(claim);
    const node = objects.find('Node', `/${claim.status.nodeName}`);
    if (node !== undefined) cordon(node);
    if (node !== undefined && instances.find(id)?.stoppedAtMs === undefined) {
      const waitMs = drain(node, claim);
      if (waitMs !== undefined) return waitMs;
    }
    instances.shutDown(id, latencies.nodeTerminationMs + latencies.instanceGoneMs);
    if (node !== undefined) loseTouch(node);
    const instance = instances.find(id)!;
    const isGone = instance.terminatedAtMs !== undefined;
    const leftMs = isGone ? 0 : instance.stoppedAtMs! + latencies.nodeTerminationMs - timers.clock.nowMs();
    return leftMs > 0 ? leftMs : release(claim);
  }

  function cordon(node: Node): void {
    const key = `/${node.metadata.name}`;
    objects.requestDeletion('Node', key);
    objects.change('Node', key, ({ spec }) => {
      spec.unschedulable = true;
      if (!spec.taints?.some((taint) => taint.key === DISRUPTED.key)) spec.taints = [...(spec.taints ?? []), DISRUPTED];
    });
  }

  /** Its kubelet says nothing any more. */
  function loseTouch(node: Node): void {
    objects.change('Node', `/${node.metadata.name}`, ({ status }) => {
      const unknown = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' } as const;
      status.conditions = withCondition(status.conditions, unknown, isoTime(timers.clock));
    });
  }

  /** @returns ms until it must look again; undefined once the node is empty, or its time is up. */
  function drain(node: Node, claim: NodeClaim): number | undefined {
    const graceMs = durationMs(claim.spec.terminationGracePeriod ?? 'Never');
    const leftMs = Date.parse(claim.metadata.deletionTimestamp!) + graceMs - timers.clock.nowMs();
    const waits = nodePods.active(node.metadata.name).map((pod) => {
      const podGraceMs = (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
      const evictInMs = mayBeDisrupted(pod) ? 0 : leftMs - podGraceMs;
      if (evictInMs > 0) return evictInMs;
      if (pod.metadata.deletionTimestamp === undefined) objects.requestDeletion('Pod', keyOf(pod.metadata));
      return leftMs;
    });
    const active = nodePods.active(node.metadata.name);
    return active.length === 0 || leftMs <= 0 ? undefined : Math.min(leftMs, ...waits);
  }

  function release(claim: NodeClaim): undefined {
    for (const [kind, name] of [
      ['Node', claim.status.nodeName],
      ['NodeClaim', claim.metadata.name],
    ] as const) {
      if (name === undefined) continue;
      objects.requestDeletion(kind, `/${name}`);
      objects.change(kind, `/${name}`, (draft: Node | NodeClaim) => {
        draft.metadata.finalizers = [];
      });
    }
  }
}

/** Pods whose node is gone go too, ended ones as well: their logs went with the node. */
export function podGarbage({ objects }: ControlPlane, nodePods: NodePods): Controller {
  return {
    name: 'pod-garbage',
    watches: { Node: (node, change) => (change === 'deleted' ? [node.metadata.name] : []) },
    reconcile: (node) => {
      for (const pod of nodePods.on(node)) {
        const key = keyOf(pod.metadata);
        objects.change('Pod', key, markLost);
        objects.remove('Pod', key);
      }
      return;
    },
  };
}

function markLost(pod: Pod): void {
  if (isOver(pod)) return;
  pod.status.phase = 'Failed';
  pod.status.message = 'The node of the pod is gone';
  pod.status.reason = 'NodeLost';
}
