import { Label, NAMESPACE } from '#core/cluster/names.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import { everyStep } from '../cluster/every-step.ts';
import { liveRuns } from '../store/lease.ts';
import type { GuardPorts } from './let-go.ts';
import { mayDisableCompute, overdueInstances, overdueObjects } from './overdue.ts';

export interface SweptCluster {
  cluster: string;
  /** Whether EC2 could be asked: what it could not say is not nothing. */
  asked: boolean;
  /** Instances that EC2 still has after their deadline. */
  nodesPastDeadline: ClusterInstance[];
  /** Names of what was deleted because its deadline had passed. */
  deleted: string[];
  /** Rights of an admin were taken away that a killed call had left. */
  adminEnded: boolean;
  /** Auto Mode's compute was turned off. */
  disabled: boolean;
  errors: string[];
}

const OURS = { [Label.managedBy]: 'stepbench' };

/** Everything of ours on a cluster that has outlived its deadline, whether or not any lease knows of it. */
export async function sweepCluster(
  { clusters, connect, clock }: GuardPorts,
  name: string,
  liveRuns: readonly string[],
): Promise<SweptCluster> {
  const swept: SweptCluster = {
    cluster: name,
    asked: true,
    nodesPastDeadline: [],
    deleted: [],
    adminEnded: false,
    disabled: false,
    errors: [],
  };
  const note = (error: unknown) => void swept.errors.push(error instanceof Error ? error.message : String(error));
  const found = await clusters.describe(name).catch(note);
  const answers = found?.status === 'ACTIVE' || found?.status === 'UPDATING';
  let unreachable = false;
  if (answers) swept.adminEnded = (await clusters.endLeftAdmin(name).catch(note)) ?? false;
  if (answers) {
    try {
      const cluster = await connect(name);
      await deleteOverdue(cluster, clock.nowMs(), (run) => liveRuns.includes(run), swept.deleted);
    } catch (error) {
      unreachable = true;
      note(error);
    }
  }
  const instances = await clusters.instances({ cluster: name }).catch((error: unknown) => {
    swept.asked = false;
    note(error);
    return [];
  });
  const nowMs = clock.nowMs();
  swept.nodesPastDeadline = overdueInstances(instances, nowMs);
  if (mayDisableCompute({ cluster: found ?? undefined, unreachable, instances, liveRuns, nowMs })) {
    await clusters.disableCompute(name).then(() => {
      swept.disabled = true;
    }, note);
  }
  return swept;
}

/**
 * A cluster of ours that should have gone with its run, once nothing is on it: no instance, whosever, and no run. What
 * cannot be known keeps it, and is told.
 */
export async function deleteOrphan(ports: GuardPorts, swept: SweptCluster): Promise<void> {
  const { cluster: name } = swept;
  try {
    const found = await ports.clusters.describe(name);
    if (found?.ours !== true || (found.status !== 'ACTIVE' && found.status !== 'FAILED')) return;
    if ((await ports.clusters.instances({ cluster: name })).length > 0) return;
    if ((await liveRuns(ports, name)).length > 0) return;
    await ports.clusters.delete(name);
    swept.deleted.push(`Cluster/${name}`);
  } catch (error) {
    swept.errors.push(error instanceof Error ? error.message : String(error));
  }
}

/** Workload first, then its NodePool: a pod that runs on keeps its node for as long as its grace allows. */
async function deleteOverdue(
  cluster: Cluster,
  nowMs: number,
  isAlive: (run: string) => boolean,
  deleted: string[],
): Promise<void> {
  const jobs = await cluster.list({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, labels: OURS });
  const pools = await cluster.list({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool' });
  await everyStep(
    overdueObjects([...jobs, ...pools], nowMs, isAlive).map(({ apiVersion, kind, name, namespace }) => async () => {
      await cluster.delete({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) });
      deleted.push(`${kind}/${name}`);
    }),
  );
}
