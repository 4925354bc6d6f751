import { type Problem, show } from '../matrix/problems.ts';
import type { MatrixDeployment } from '../matrix/types.ts';
import type { CapacityType } from '../ports/prices.ts';
import { quotaClass } from '../pricing/quota.ts';
import { LOAD_INSTANCE_TYPE, LOAD_INSTANCE_VCPUS, loadNodes, mostLoadNodes } from '../pricing/shared-rates.ts';

/** vCPUs that the account may run at once of the type's quota class; undefined where nothing limits it. */
export type VcpuQuota = (instanceType: string, capacityType: CapacityType) => number | undefined;

type Sized = Pick<MatrixDeployment, 'instanceType' | 'facts' | 'capacityTypes' | 'instanceTypePath'>;

/**
 * Deployments that no quota lets start at all. Karpenter would call that insufficient capacity, and the rows would
 * say that AWS had none.
 */
export function overQuota(deployments: readonly Sized[], quota: VcpuQuota): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { instanceType, facts, capacityTypes, instanceTypePath } of deployments) {
    for (const [index, capacityType] of capacityTypes.entries()) {
      const limit = quota(instanceType, capacityType);
      if (limit === undefined || facts.vcpus <= limit) continue;
      const { name, quotaCode } = quotaClass(instanceType, capacityType);
      const path = index === 0 ? instanceTypePath : 'capacity.fallback';
      problems.set(`${path} ${quotaCode} ${instanceType}`, {
        code: 'over-quota',
        path,
        value: index === 0 ? instanceType : capacityType,
        message: `${show(instanceType)} has ${facts.vcpus} vCPUs, and the account may run ${limit} at once (${capacityType}: "${name}")`,
        instead: `a smaller type, or ask AWS for at least ${facts.vcpus} (Service Quotas, ${quotaCode})`,
      });
    }
  }
  return [...problems.values()];
}

/**
 * How many deployments may run at once whichever they are: the map does not choose by size, so the k largest of
 * each quota class must fit together. A deployment counts in every class that its capacity types may take it to.
 */
export function quotaConcurrency(deployments: readonly Sized[], quota: VcpuQuota): number {
  const classes = new Map<string, { limit: number; vcpus: number[] }>();
  for (const { instanceType, facts, capacityTypes } of deployments) {
    for (const code of new Set(capacityTypes.map((type) => quotaClass(instanceType, type).quotaCode))) {
      const member = classes.get(code) ?? { limit: Number.POSITIVE_INFINITY, vcpus: [] };
      member.vcpus.push(facts.vcpus);
      for (const capacityType of capacityTypes) {
        if (quotaClass(instanceType, capacityType).quotaCode !== code) continue;
        member.limit = Math.min(member.limit, quota(instanceType, capacityType) ?? Number.POSITIVE_INFINITY);
      }
      classes.set(code, member);
    }
  }
  let atOnce = Number.POSITIVE_INFINITY;
  for (const { limit, vcpus } of classes.values()) {
    vcpus.sort((a, b) => b - a);
    let sum = 0;
    const over = vcpus.findIndex((count) => {
      sum += count;
      return sum > limit;
    });
    if (over >= 0) atOnce = Math.min(atOnce, over);
  }
  return atOnce;
}

/**
 * The load generators' nodes come from another quota than the GPUs', which new accounts have small. Over it a GPU is
 * paid for, and waits for a load that no node is left for.
 */
export interface LoadNeeds {
  /** Deployments that get a node of their own, each of which wants its load generator in its zone. */
  bought: number;
  /** Those at servers that run already: their load generators are content with any zone. */
  atServers: number;
}

const nodesFor = ({ bought }: LoadNeeds, atOnce: number): number =>
  bought > 0 ? mostLoadNodes(atOnce) : loadNodes(atOnce);

/** A run whose load generators no quota lets start. */
export function loadOverQuota(needs: LoadNeeds, region: string, quota: VcpuQuota): Problem[] {
  const limit = quota(LOAD_INSTANCE_TYPE, 'on-demand');
  const least = nodesFor(needs, 1) * LOAD_INSTANCE_VCPUS;
  if (needs.bought + needs.atServers === 0 || limit === undefined || least <= limit) return [];
  const { name, quotaCode } = quotaClass(LOAD_INSTANCE_TYPE, 'on-demand');
  return [
    {
      code: 'over-quota',
      path: 'region',
      value: region,
      message: `the load generators take up to ${least} vCPUs of ${LOAD_INSTANCE_TYPE} for one deployment, and the account may run ${limit} at once (on-demand: "${name}")`,
      instead: `a region where it may, or ask AWS for at least ${least} (Service Quotas, ${quotaCode})`,
    },
  ];
}

/** How many deployments may run at once so that all their load generators have a node: at least one. */
export function loadConcurrency(needs: LoadNeeds, quota: VcpuQuota): number {
  const limit = quota(LOAD_INSTANCE_TYPE, 'on-demand');
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  let atOnce = 1;
  while (atOnce < needs.bought + needs.atServers && nodesFor(needs, atOnce + 1) * LOAD_INSTANCE_VCPUS <= limit)
    atOnce++;
  return atOnce;
}

/** Seconds until the last of them ends, started in this order with so many at once. */
export function makespan(seconds: readonly number[], atOnce: number): number {
  if (atOnce >= seconds.length) return maximum(seconds);
  const free = new Array<number>(atOnce).fill(0);
  for (const duration of seconds) {
    let earliest = 0;
    for (let slot = 1; slot < atOnce; slot++) {
      if ((free[slot] as number) < (free[earliest] as number)) earliest = slot;
    }
    free[earliest] = (free[earliest] as number) + duration;
  }
  return maximum(free);
}

const maximum = (numbers: readonly number[]): number => numbers.reduce((most, number) => Math.max(most, number), 0);
