import { Annotation, Label, NAMESPACE, parseNodePoolName } from '#core/cluster/names.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { releaseLoadPool } from '../cluster/load-pool.ts';
import { releaseDeployment } from '../cluster/release.ts';
import { endLease, liveLeases, readLease } from '../store/lease.ts';
import { findPlan } from '../store/plan.ts';
import { publishRecords } from '../store/publish-records.ts';

type ReleasePorts = Pick<Ports, 'connect' | 'clusters' | 'store' | 'clock' | 'executions'>;

/**
 * Everything of the run, found by its labels, whoever made it and whatever was forgotten: at the end of the
 * run, and again by the guards when nobody else is left. The cluster goes too if that was asked for, it is
 * ours, and no other lease lives on it.
 */
export const releaseRun =
  (ports: ReleasePorts): TaskHandler<'ReleaseRun'> =>
  async ({ run, execution, cluster: target }) => {
    if (await takenOver(ports, run, execution)) return { status: 'done' };
    const { clusters } = ports;
    const found = await clusters.describe(target.name);
    // A cluster still being made cannot be deleted yet, and nothing of the run is on it.
    if (found?.status === 'CREATING' && target.ephemeral) return { status: 'pending' };
    if (found !== undefined && found.status !== 'CREATING' && found.status !== 'DELETING') {
      if (!(await releaseObjects(ports, run, target.name))) return { status: 'pending' };
      if (target.ephemeral && found.ours && (await liveLeases(ports, target.name, run)).length === 0) {
        await clusters.delete(target.name);
      }
    }
    // Only now is it known when the nodes went, and what those of the load generators cost.
    const plan = await findPlan(ports.store, run);
    if (plan !== undefined) await publishRecords(ports.store, run, plan.day);
    await endLease(ports, run, execution);
    return { status: 'done' };
  };

/** A guard that comes late must not take the nodes of the execution that resumed the run. */
async function takenOver({ store, executions }: ReleasePorts, run: string, execution: string): Promise<boolean> {
  const lease = (await readLease(store, run))?.lease;
  if (lease === undefined || lease.execution === execution || lease.releasedAt !== null) return false;
  return executions.isRunning(lease.execution);
}

async function releaseObjects(ports: ReleasePorts, run: string, clusterName: string): Promise<boolean> {
  const cluster = await ports.connect(clusterName);
  const attempt = (await readLease(ports.store, run))?.lease.attempt ?? 1;
  const pools = await cluster.list({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', labels: { [Label.run]: run } });
  const gone = await Promise.all(pools.map((pool) => releasePool(ports, cluster, { run, attempt, clusterName, pool })));
  await deleteLeftOvers(cluster, run);
  return gone.every(Boolean) && (await noInstances(ports, clusterName, run));
}

interface PoolOfRun {
  run: string;
  attempt: number;
  clusterName: string;
  pool: AnyObject;
}

async function releasePool(ports: ReleasePorts, cluster: Cluster, { run, attempt, clusterName, pool }: PoolOfRun) {
  const nodePool = pool.metadata.name;
  const deployment = pool.metadata.labels?.[Label.deployment];
  const deadline = pool.metadata.annotations?.[Annotation.deadline];
  if (deployment !== undefined && deadline !== undefined) {
    return releaseDeployment(ports, {
      run,
      attempt,
      clusterName,
      deployment,
      deadline,
      nodePool,
      node: null,
      failure: null,
    });
  }
  return releaseLoadPool(ports, cluster, { run, attempt, clusterName, nodePool });
}

/** Jobs and Services without a pool any more: of a deployment whose pool somebody else deleted. */
async function deleteLeftOvers(cluster: Cluster, run: string): Promise<void> {
  for (const [apiVersion, kind] of [
    ['batch/v1', 'Job'],
    ['v1', 'Service'],
  ] as const) {
    for (const { metadata } of await cluster.list({
      apiVersion,
      kind,
      namespace: NAMESPACE,
      labels: { [Label.run]: run },
    })) {
      await cluster.delete({ apiVersion, kind, namespace: NAMESPACE, name: metadata.name });
    }
  }
}

/** Instances of the run that EC2 still has, though their pool is gone from Kubernetes. */
async function noInstances({ clusters }: ReleasePorts, cluster: string, run: string): Promise<boolean> {
  const instances = await clusters.instances({ cluster });
  return !instances.some((one) => parseNodePoolName(one.nodePool)?.run === run);
}
