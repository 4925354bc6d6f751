import { isoTime } from '#core/ports/clock.ts';
import { isTrue, withCondition } from '../objects/conditions.ts';
import { isOver, keyOf } from '../objects/objects.ts';
import type { Node, Pod } from '../objects/shapes.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { misfit, NOT_SELECTED } from './fit.ts';
import type { NodePods } from './node-pods.ts';
import { firstSelected, WaitingPods } from './waiting-pods.ts';

const NOT_READY = 'node(s) were not ready';

/** A FailedScheduling that says nothing new is not said again within this time. */
const QUIET_MS = 5 * 60_000;

/**
 * Binds pods to nodes that fit; says why when none does. As Kubernetes' own it tries a pod that was refused again only
 * for a node that has room for it: with every pod for every node, a thousand nodes would be a thousand million looks.
 */
export function scheduler({ objects, events, timers: { clock } }: ControlPlane, nodePods: NodePods): Controller {
  const waiting = new WaitingPods();
  const unready = new Set<string>();
  /** By pod: the nodes for which it is to be tried. It takes one of them, and the others are for the next. */
  const calledFor = new Map<string, Set<string>>();
  return {
    name: 'scheduler',
    watches: {
      Pod: (pod, change) => {
        const key = keyOf(pod.metadata);
        if (change !== 'deleted' && pod.spec.nodeName === undefined) {
          waiting.put(pod);
          return [key];
        }
        const { nodeName } = pod.spec;
        const changed = new Set(nodeName === undefined ? [] : [nodeName]);
        const wasWaiting = waiting.delete(key);
        for (const node of calledFor.get(key) ?? []) changed.add(node);
        calledFor.delete(key);
        // A pod that ended makes room for those that wait, and one that was bound may have left some.
        return wasWaiting || change === 'deleted' || isOver(pod) ? [...changed].flatMap(nextFor) : [];
      },
      Node: (node, change) => {
        const { name } = node.metadata;
        if (change === 'deleted' || isUsable(node)) unready.delete(name);
        else unready.add(name);
        return nextFor(name);
      },
    },
    reconcile: (key) => {
      const pod = objects.find('Pod', key);
      if (pod === undefined || pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
      const refusals = new Map<string, number>();
      const refusedBy = (reason: string, count: number) =>
        count > 0 && refusals.set(reason, (refusals.get(reason) ?? 0) + count);
      const nodes = objects.select('Node', firstSelected(pod));
      let unreadyElsewhere = unready.size;
      for (const node of nodes) {
        if (!isUsable(node)) unreadyElsewhere -= 1;
        const refusal = isUsable(node) ? misfit(pod, nodePods.host(node)) : NOT_READY;
        if (refusal === undefined) return bind(pod, key, node);
        refusedBy(refusal, 1);
      }
      const count = objects.count('Node');
      refusedBy(NOT_READY, unreadyElsewhere);
      refusedBy(NOT_SELECTED, count - nodes.length - unreadyElsewhere);
      const reasons = [...refusals]
        .map(([reason, of]) => `${of} ${reason}`)
        .toSorted()
        .join(', ');
      refuse(pod, key, `0/${count} nodes are available${reasons && `: ${reasons}`}.`);
    },
  };

  /** The pod that has waited longest of those that fit the node; when it is bound, the next one follows. */
  function nextFor(name: string): string[] {
    const node = objects.find('Node', `/${name}`);
    if (node === undefined || !isUsable(node)) return [];
    const host = nodePods.host(node);
    const next = waiting
      .selecting(host.labels)
      .find((pod) => pod.metadata.deletionTimestamp === undefined && misfit(pod, host) === undefined);
    if (next === undefined) return [];
    const key = keyOf(next.metadata);
    calledFor.set(key, (calledFor.get(key) ?? new Set()).add(name));
    return [key];
  }

  function bind(pod: Pod, key: string, node: Node): undefined {
    const name = node.metadata.name;
    events.record(pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${name}`);
    objects.change('Pod', key, (draft) => {
      draft.spec.nodeName = name;
      const scheduled = { type: 'PodScheduled', status: 'True' } as const;
      draft.status.conditions = withCondition(draft.status.conditions, scheduled, isoTime(clock));
    });
  }

  function refuse(pod: Pod, key: string, message: string): void {
    events.record(pod, 'Warning', 'FailedScheduling', message, { quietMs: QUIET_MS });
    objects.change('Pod', key, (draft) => {
      const refused = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
      draft.status.conditions = withCondition(draft.status.conditions, refused, isoTime(clock));
    });
  }
}

export const isUsable = ({ metadata, spec, status }: Node): boolean =>
  metadata.deletionTimestamp === undefined && spec.unschedulable !== true && isTrue(status.conditions, 'Ready');
