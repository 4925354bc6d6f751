import { Label } from '#core/cluster/names.ts';
import { conditionOf, isTrue } from '../objects/conditions.ts';
import { keyOf } from '../objects/objects.ts';
import type { NodeClaim, NodePool, Pod } from '../objects/shapes.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { type Host, misfit, requests, subtract } from './fit.ts';
import { newClaim } from './new-claim.ts';
import type { NodePods } from './node-pods.ts';
import { type Offer, offersOf } from './offers.ts';
import { isWithinLimits, usageOf } from './pool-usage.ts';
import { isUsable } from './scheduler.ts';

/** Karpenter repeats what it has to say about a pod no oftener than this. */
const QUIET_MS = 5 * 60_000;
const WHATEVER = '';

/** When a pool's last request was refused (epoch ms), by the pool's name. */
export type Refusals = Map<string, number>;

/** Karpenter's provisioner: a NodeClaim for every pod that fits no node there is or will be. */
export function provisioner(plane: ControlPlane, nodePods: NodePods, refusals: Refusals): Controller {
  const { objects, events, timers, latencies, zones } = plane;
  const unbound = new Set<string>();
  let serial = 0;
  return {
    name: 'provisioner',
    watches: {
      Pod: (pod, change) => {
        const isWaiting = change !== 'deleted' && pod.spec.nodeName === undefined;
        if (isWaiting) unbound.add(keyOf(pod.metadata));
        else unbound.delete(keyOf(pod.metadata));
        return isWaiting ? [WHATEVER] : [];
      },
      NodePool: () => [WHATEVER],
      NodeClaim: () => [WHATEVER],
      Node: () => [WHATEVER],
    },
    reconcile: () => {
      if (!plane.computeEnabled()) return;
      const pods = [...unbound].flatMap((key) => objects.find('Pod', key) ?? []).filter(isUnschedulable);
      if (pods.length === 0) return;
      const pools = objects.all('NodePool').filter(({ status }) => isTrue(status?.conditions, 'Ready'));
      const nodes = objects.all('Node').filter(isUsable);
      const hosts = [...nodes.map((node) => nodePods.host(node)), ...objects.all('NodeClaim').flatMap(inFlight)];
      return Math.min(...pods.map((pod) => provide(pod, pools, hosts)));
    },
  };

  /** @returns ms until it is worth asking again. */
  function provide(pod: Pod, pools: readonly NodePool[], hosts: Host[]): number {
    const host = hosts.find((one) => misfit(pod, one) === undefined);
    if (host !== undefined) {
      host.free = subtract(host.free, requests(pod));
      return Number.POSITIVE_INFINITY;
    }
    const refused: string[] = [];
    for (const pool of pools) {
      const offers = affordable(pod, pool);
      if (typeof offers === 'string') {
        refused.push(offers);
        continue;
      }
      const lastRefusalMs = refusals.get(pool.metadata.name) ?? Number.NEGATIVE_INFINITY;
      const waitMs = lastRefusalMs + latencies.capacityRetryMs - timers.clock.nowMs();
      if (waitMs > 0) return waitMs;
      const claim = objects.create(newClaim(pool, offers, ++serial));
      events.record(pod, 'Normal', 'Nominated', `Pod should schedule on: nodeclaim/${claim.metadata.name}`);
      hosts.push({ ...offers[0]!, free: subtract(offers[0]!.free, requests(pod)) });
      return Number.POSITIVE_INFINITY;
    }
    const message = `Failed to schedule pod, ${refused.join('; ') || 'no nodepools found'}`;
    events.record(pod, 'Warning', 'FailedScheduling', message, { quietMs: QUIET_MS });
    return Number.POSITIVE_INFINITY;
  }

  /** What the pool could launch for the pod, or why it can launch nothing. */
  function affordable(pod: Pod, pool: NodePool): Offer[] | string {
    const all = offersOf(pool.spec.template.spec.requirements, pool, zones);
    if (all.length === 0) {
      const message = 'NodePool requirements filtered out all compatible available instance types';
      events.record(pool, 'Warning', 'NoCompatibleInstanceTypes', message, { quietMs: QUIET_MS });
      return `no instance type of nodepool "${pool.metadata.name}" is available`;
    }
    const fitting = all.filter((offer) => misfit(pod, offer) === undefined);
    if (fitting.length === 0) {
      return `incompatible with nodepool "${pool.metadata.name}", ${misfit(pod, all[0]!)}`;
    }
    const usage = usageOf(plane, pool);
    const within = fitting.filter((offer) => isWithinLimits(pool, usage, offer));
    if (within.length > 0) return within;
    return `all available instance types exceed limits for nodepool: "${pool.metadata.name}"`;
  }

  /** What an instance under way will have room for. */
  function inFlight({ metadata, spec, status }: NodeClaim): Host[] {
    if (status.nodeName !== undefined || metadata.deletionTimestamp !== undefined) return [];
    const pool = objects.find('NodePool', `/${metadata.labels?.[Label.nodePool]}`);
    const offer = pool && offersOf(spec.requirements, pool, zones)[0];
    return offer === undefined ? [] : [{ ...offer }];
  }
}

const isUnschedulable = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  conditionOf(pod.status.conditions, 'PodScheduled')?.reason === 'Unschedulable';
