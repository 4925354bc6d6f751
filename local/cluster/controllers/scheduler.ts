import { isoTime } from '#core/ports/clock.ts';
import { isTrue, withCondition } from '../objects/conditions.ts';
import { isOver, keyOf } from '../objects/objects.ts';
import type { Node, Pod } from '../objects/shapes.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { misfit } from './fit.ts';
import type { NodePods } from './node-pods.ts';

/** A FailedScheduling that says nothing new is not said again within this time. */
const QUIET_MS = 5 * 60_000;

/** Binds pods to nodes that fit; says why when none does. */
export function scheduler({ objects, events, timers: { clock } }: ControlPlane, nodePods: NodePods): Controller {
  const waiting = new Set<string>();
  return {
    name: 'scheduler',
    watches: {
      Pod: (pod, change) => {
        const key = keyOf(pod.metadata);
        if (change !== 'deleted' && pod.spec.nodeName === undefined) return waiting.add(key) && [key];
        waiting.delete(key);
        // A pod that ended makes room for those that wait.
        return change === 'deleted' || isOver(pod) ? waiting : [];
      },
      Node: () => waiting,
    },
    reconcile: (key) => {
      const pod = objects.find('Pod', key);
      if (pod === undefined || pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) return;
      const refusals = new Map<string, number>();
      for (const node of objects.all('Node')) {
        const refusal = isUsable(node) ? misfit(pod, nodePods.host(node)) : 'node(s) were not ready';
        if (refusal === undefined) return bind(pod, key, node);
        refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
      }
      const reasons = [...refusals].map(([reason, count]) => `${count} ${reason}`).join(', ');
      refuse(pod, key, `0/${objects.all('Node').length} nodes are available${reasons && `: ${reasons}`}.`);
    },
  };

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
