import { Annotation, Label, NAMESPACE, parseNodePoolName } from '#core/cluster/names.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ClusterInstance, ManagedCluster } from '#core/ports/managed-clusters.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Purchase } from '#core/results/account.ts';
import { isRefusal } from '#core/workflow/errors.ts';
import type { Releasing, TaskHandler, TaskInput } from '#core/workflow/task-signatures.ts';
import { everyStep } from '../cluster/every-step.ts';
import { releaseLoadPool } from '../cluster/load-pool.ts';
import { recordGone } from '../cluster/record-gone.ts';
import { releaseDeployment } from '../cluster/release.ts';
import { writeDown } from '../store/bookkeeping.ts';
import { endLease, type Lease, noteRefusal, takenOver } from '../store/lease.ts';
import { findPlan, type StoredPlan } from '../store/plan.ts';
import { publishRecords } from '../store/publish-records.ts';
import { readPurchases } from '../store/purchase.ts';
import { endCluster } from './end-cluster.ts';
import { whenLockedOut } from './locked-out.ts';
import { tellUnrecorded } from './unrecorded.ts';

type ReleasePorts = Pick<Ports, 'connect' | 'clusters' | 'store' | 'clock' | 'executions'>;

/** What of the run is let go of. */
interface Share {
  run: string;
  clusterName: string;
  /** Undefined for a run that ended before it was planned. */
  plan: StoredPlan | undefined;
  /** Another execution works on the run: only what was made before that began. */
  earlierOnly: boolean;
}

/**
 * Everything of the run, found by its labels, whoever made it and whatever was forgotten: at the end of the
 * run, and again by the guards when nobody else is left. The cluster goes too if that was asked for, it is
 * ours, and no other lease lives on it.
 */
export const releaseRun =
  (ports: ReleasePorts): TaskHandler<'ReleaseRun'> =>
  async (input) => {
    const { run, execution, cluster: target } = input;
    const { clusters, store } = ports;
    let plan: StoredPlan | undefined;
    let other: Lease | undefined;
    try {
      plan = await findPlan(store, run);
      other = await takenOver(ports, run, execution);
    } catch (error) {
      // Whose nodes are whose cannot be read: where there are none, nobody has to know.
      if (!(await leftNothing(ports, input))) throw error;
      return { status: 'done', warnings: [unreadable(error), ...(await endUnplanned(ports, input))] };
    }
    // Until it has planned nobody knows which nodes are whose.
    if (other !== undefined && plan?.attempt !== other.attempt) return PENDING;
    const found = await clusters.describe(target.name);
    // A cluster still being made cannot be deleted yet, and nothing of the run is on it.
    if (found?.status === 'CREATING' && target.ephemeral) return PENDING;
    const share = { run, clusterName: target.name, plan, earlierOnly: other !== undefined };
    // One that failed was never there; of one that is being deleted, or gone, only instances can be left.
    const untold: string[] = [];
    if (isReachable(found)) {
      try {
        const isGone = await releaseObjects(ports, share);
        await noteRefusal(ports, input, false).catch(() => {});
        if (!isGone) return PENDING;
      } catch (error) {
        if (!isRefusal(error) || (await instancesOf(ports, share)).length > 0) throw error;
        const unseen = await whenLockedOut(ports, input, found, error);
        if (unseen === undefined) return PENDING;
        untold.push(unseen);
      }
    }
    if ((await instancesOf(ports, share)).length > 0) return PENDING;
    if (other !== undefined) return { status: 'done', warnings: [] };
    untold.push(...(await closeBooks(ports, input, plan)));
    // Only now: of two runs that end at once, each would take the other for one that lives on the cluster.
    const { warnings } = await endCluster(ports, input, found);
    return { status: 'done', warnings: [...untold, ...warnings] };
  };

/** A run of which nothing is left, and no plan can be read: over all the same, unless another execution has it now. */
async function endUnplanned(ports: ReleasePorts, input: TaskInput<'ReleaseRun'>): Promise<string[]> {
  const { run, execution, cluster: target } = input;
  await writeDown(() => endLease(ports, run, execution));
  const { warnings } = await endCluster(ports, input, await ports.clusters.describe(target.name));
  return warnings;
}

const PENDING: Releasing = { status: 'pending', warnings: [] };

const unreadable = (error: unknown): string =>
  `Everything of the run is gone, but its records cannot be read: ${error instanceof Error ? error.message : error}`;

/** Only now is it known when the nodes went, and what those of the load generators cost. */
async function closeBooks(
  ports: ReleasePorts,
  { run, execution }: TaskInput<'ReleaseRun'>,
  plan: StoredPlan | undefined,
): Promise<string[]> {
  const notRecorded = await writeDown(async () => {
    if (plan !== undefined) {
      await recordGone(ports, run, (record) => !isEarlier(plan, record.recorded_at));
      await publishRecords(ports.store, run, plan.day);
    }
    await endLease(ports, run, execution);
  });
  const untold: string[] = [];
  const unreadable = await writeDown(async () => {
    if (plan !== undefined) untold.push(...(await tellUnrecorded(ports.store, run, plan.attempt)));
  });
  return [
    ...untold,
    ...[notRecorded, unreadable].flatMap((why) =>
      why === undefined ? [] : [`Everything of the run is gone, but that is not recorded: ${why}`],
    ),
  ];
}

/** Where an API server answers. */
const isReachable = (found: ManagedCluster | undefined): boolean =>
  found?.status === 'ACTIVE' || found?.status === 'UPDATING';

/** Nothing that bears the run's name is there, whosever it is, nor a cluster that has to go and cannot yet. */
async function leftNothing(ports: ReleasePorts, { run, cluster: target }: TaskInput<'ReleaseRun'>): Promise<boolean> {
  const share: Share = { run, clusterName: target.name, plan: undefined, earlierOnly: false };
  const found = await ports.clusters.describe(target.name);
  if (target.ephemeral && found?.status === 'CREATING') return false;
  if ((await instancesOf(ports, share)).length > 0) return false;
  if (!isReachable(found)) return true;
  const cluster = await ports.connect(target.name);
  return (await poolsOf(ports, cluster, share)).length === 0 && (await noClaims(cluster, share));
}

/** Made by an execution before the one that wrote the plan. Kubernetes cuts times to whole seconds. */
function isEarlier({ startedAt }: StoredPlan, createdAt: string | undefined): boolean {
  const startedSecond = Math.floor(Date.parse(startedAt) / 1000);
  return createdAt !== undefined && Math.floor(Date.parse(createdAt) / 1000) < startedSecond;
}

const concerns = ({ plan, earlierOnly }: Share, createdAt: string | undefined): boolean =>
  !earlierOnly || (plan !== undefined && isEarlier(plan, createdAt));

interface PoolOfRun {
  nodePool: string;
  /** Undefined for that of the load generators. */
  deployment: string | undefined;
  deadline: string;
  createdAt: string | undefined;
}

/** @returns whether nothing of it is left. */
async function releaseObjects(ports: ReleasePorts, share: Share): Promise<boolean> {
  const cluster = await ports.connect(share.clusterName);
  const pools = await poolsOf(ports, cluster, share);
  // Whose they are; a store that cannot say must not keep them.
  const purchases = await readPurchases(ports.store, share.run).catch(() => []);
  // One that cannot be let go of must not keep the others.
  const released = await Promise.allSettled(pools.map((pool) => releasePool(ports, cluster, share, purchases, pool)));
  // After the pools: records are made from what these objects tell.
  await deleteLeftOvers(cluster, share);
  for (const one of released) if (one.status === 'rejected') throw one.reason;
  return released.every((one) => one.status === 'fulfilled' && one.value) && (await noClaims(cluster, share));
}

/** A pool that is deleted is gone at once, and its nodes minutes later: until then their instances have its name. */
async function poolsOf(ports: ReleasePorts, cluster: Cluster, share: Share): Promise<PoolOfRun[]> {
  const labels = { [Label.run]: share.run };
  const objects = await cluster.list({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', labels });
  const pools = new Map<string, PoolOfRun>();
  for (const { nodePool, launchedAt } of await instancesOf(ports, share)) {
    const { what, deadlineMs } = parseNodePoolName(nodePool) as NonNullable<ReturnType<typeof parseNodePoolName>>;
    const deployment = what === 'load' ? undefined : what;
    pools.set(nodePool, { nodePool, deployment, deadline: new Date(deadlineMs).toISOString(), createdAt: launchedAt });
  }
  for (const { metadata } of objects) {
    const { name: nodePool, creationTimestamp: createdAt } = metadata;
    const deadline = metadata.annotations?.[Annotation.deadline] ?? '';
    pools.set(nodePool, { nodePool, deployment: metadata.labels?.[Label.deployment], deadline, createdAt });
  }
  return [...pools.values()].filter((pool) => concerns(share, pool.createdAt));
}

async function releasePool(
  ports: ReleasePorts,
  cluster: Cluster,
  { run, clusterName, plan }: Share,
  purchases: readonly Purchase[],
  pool: PoolOfRun,
) {
  const { nodePool, deployment, deadline, createdAt } = pool;
  const attempts = plan?.attempt ?? 1;
  const announced = purchases.find((one) => one.nodePool === nodePool)?.attempt;
  const attempt =
    announced ?? (plan !== undefined && isEarlier(plan, createdAt) ? Math.max(1, attempts - 1) : attempts);
  if (deployment === undefined) return releaseLoadPool(ports, cluster, { run, attempt, clusterName, nodePool });
  const request = { run, attempt, clusterName, deployment, deadline, nodePool };
  return releaseDeployment(ports, { ...request, node: null, failure: null });
}

/** One that has not been launched yet would be, once nobody looks any more. */
async function noClaims(cluster: Cluster, share: Share): Promise<boolean> {
  const labels = { [Label.run]: share.run };
  const claims = await cluster.list({ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', labels });
  return !claims.some(({ metadata }) => concerns(share, metadata.creationTimestamp));
}

/** Jobs and Services without a pool any more: of a deployment whose pool somebody else deleted. */
async function deleteLeftOvers(cluster: Cluster, share: Share): Promise<void> {
  const steps: (() => Promise<unknown>)[] = [];
  for (const [apiVersion, kind] of [
    ['batch/v1', 'Job'],
    ['v1', 'Service'],
  ] as const) {
    const found = await cluster.list({ apiVersion, kind, namespace: NAMESPACE, labels: { [Label.run]: share.run } });
    for (const { metadata } of found) {
      if (!concerns(share, metadata.creationTimestamp)) continue;
      steps.push(() => cluster.delete({ apiVersion, kind, namespace: NAMESPACE, name: metadata.name }));
    }
  }
  await everyStep(steps);
}

/** Instances of the run that EC2 still has, whatever Kubernetes knows of them. */
async function instancesOf({ clusters }: ReleasePorts, share: Share): Promise<ClusterInstance[]> {
  const instances = await clusters.instances({ cluster: share.clusterName });
  return instances.filter(
    (one) => parseNodePoolName(one.nodePool)?.run === share.run && concerns(share, one.launchedAt),
  );
}
