import { Label } from '#core/cluster/names.ts';
import { conditionOf, isTrue } from '../objects/conditions.ts';
import { keyOf } from '../objects/objects.ts';
import type { Node, NodeClaim, NodePool, Pod } from '../objects/shapes.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { type Host, misfit, requests, subtract } from './fit.ts';
import { newClaim } from './new-claim.ts';
import type { NodePods } from './node-pods.ts';
import { firstOffer, type Offer, offersOf } from './offers.ts';
import { Places } from './places.ts';
import { isWithinLimits, usageOf } from './pool-usage.ts';
import { isUsable } from './scheduler.ts';
import { firstSelected, WaitingPods } from './waiting-pods.ts';

/** Karpenter repeats what it has to say about a pod no oftener than this. */
const QUIET_MS = 5 * 60_000;
/** The key under which pods that name no pool are looked after; no pool has such a name. */
const ANY_POOL = '';

/** When a pool's last request was refused (epoch ms), by the pool's name. */
export type Refusals = Map<string, number>;

/**
 * Karpenter's provisioner: a NodeClaim for every pod that fits no node there is or will be. A pod that was given a
 * place on a claim under way keeps it until the claim's node is there or the claim is gone, so that a change is looked
 * at by the pods that it is of, and not by all.
 */
export function provisioner(plane: ControlPlane, nodePods: NodePods, refusals: Refusals): Controller {
  const { objects, events, timers, latencies, zones } = plane;
  const unplaced = new WaitingPods();
  const places = new Places();
  let serial = 0;
  return {
    name: 'provisioner',
    watches: {
      Pod: (pod, change) => {
        const key = keyOf(pod.metadata);
        if (change !== 'deleted' && pod.spec.nodeName === undefined) {
          if (!places.has(key)) unplaced.put(pod);
          return [poolOf(pod)];
        }
        unplaced.delete(key);
        places.leave(key);
        return [];
      },
      NodePool: ({ metadata: { name } }) => [name, ANY_POOL],
      NodeClaim: (claim, change) => {
        const name = claim.metadata.name;
        if (change === 'deleted' || !isUnderWay(claim)) for (const key of places.close(name)) unplaceAgain(key);
        else if (!places.isOpen(name)) for (const host of hostOf(claim)) places.open(name, host);
        return poolsOf(claim);
      },
      Node: poolsOf,
    },
    reconcile: (poolName) => {
      if (!plane.computeEnabled()) return;
      const of: Readonly<Record<string, string>> = poolName === ANY_POOL ? {} : { [Label.nodePool]: poolName };
      const pods = unplaced
        .selecting(of)
        .filter((pod) => poolOf(pod) === poolName)
        .flatMap((pod) => objects.find('Pod', keyOf(pod.metadata)) ?? [])
        .filter(isUnschedulable);
      if (pods.length === 0) return;
      const pools = (poolName === ANY_POOL ? objects.all('NodePool') : [objects.find('NodePool', `/${poolName}`)])
        .filter((pool) => pool !== undefined)
        .filter(({ status }) => isTrue(status?.conditions, 'Ready'));
      const nodes = objects.select('Node', of).filter(isUsable);
      const hosts = nodes.map((node) => ({ ...nodePods.host(node) }));
      const claims = objects.select('NodeClaim', of).map(({ metadata: { name } }) => name);
      return Math.min(...pods.map((pod) => provide(pod, pools, hosts, claims)));
    },
  };

  /** @returns ms until it is worth asking again. */
  function provide(pod: Pod, pools: readonly NodePool[], hosts: readonly Host[], claims: string[]): number {
    const host = hosts.find((one) => misfit(pod, one) === undefined);
    if (host !== undefined) {
      host.free = subtract(host.free, requests(pod));
      return Number.POSITIVE_INFINITY;
    }
    if (claims.some((claim) => place(pod, claim))) return Number.POSITIVE_INFINITY;
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
      const { name } = objects.create(newClaim(pool, offers, ++serial)).metadata;
      events.record(pod, 'Normal', 'Nominated', `Pod should schedule on: nodeclaim/${name}`);
      claims.push(name);
      place(pod, name);
      return Number.POSITIVE_INFINITY;
    }
    const message = `Failed to schedule pod, ${refused.join('; ') || 'no nodepools found'}`;
    events.record(pod, 'Warning', 'FailedScheduling', message, { quietMs: QUIET_MS });
    return Number.POSITIVE_INFINITY;
  }

  function place(pod: Pod, claim: string): boolean {
    const isPlaced = places.take(claim, pod);
    if (isPlaced) unplaced.delete(keyOf(pod.metadata));
    return isPlaced;
  }

  function unplaceAgain(key: string): void {
    const pod = objects.find('Pod', key);
    if (pod !== undefined && pod.spec.nodeName === undefined) unplaced.put(pod);
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
  function hostOf({ metadata, spec }: NodeClaim): Host[] {
    const pool = objects.find('NodePool', `/${metadata.labels?.[Label.nodePool]}`);
    const offer = pool && firstOffer(spec.requirements, pool, zones);
    return offer === undefined ? [] : [{ ...offer }];
  }
}

/** The one that a pod names: only a change of that one is of interest to it. */
const poolOf = (pod: Pod): string => firstSelected(pod)[Label.nodePool] ?? ANY_POOL;

const poolsOf = ({ metadata }: Node | NodeClaim): string[] => [metadata.labels?.[Label.nodePool] ?? ANY_POOL, ANY_POOL];

const isUnderWay = ({ metadata, status }: NodeClaim): boolean =>
  status.nodeName === undefined && metadata.deletionTimestamp === undefined;

const isUnschedulable = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  conditionOf(pod.status.conditions, 'PodScheduled')?.reason === 'Unschedulable';
