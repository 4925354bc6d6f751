import { Label, NAMESPACE } from '#core/cluster/names.ts';
import { nodeFacts } from '#core/cluster/observe/node.ts';
import { condition } from '#core/cluster/observe/pod.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { sharedNodeRow, withRelease } from '#core/results/deployment-row.ts';

import { readRecord, readRecords, writeRecord } from '../store/deployment-record.ts';
import { findPlan } from '../store/plan.ts';
import { isGone } from './gone.ts';

export interface LoadPoolRequest {
  run: string;
  attempt: number;
  clusterName: string;
  nodePool: string;
}

type LoadPoolPorts = Pick<Ports, 'clusters' | 'store' | 'clock'>;

const RECORD = 'load';

/** The load generators' nodes: recorded and paid for like the GPUs, in one row for all of them. */
export async function releaseLoadPool(
  ports: LoadPoolPorts,
  cluster: Cluster,
  request: LoadPoolRequest,
): Promise<boolean> {
  const { run, attempt, clusterName, nodePool } = request;
  const id = { run, deployment: RECORD, attempt };
  const record = (await readRecord(ports.store, id)) ?? (await recordNodes(ports, cluster, request));
  const labels = { [Label.run]: run, [Label.role]: 'load-pool' };
  for (const { metadata } of await cluster.list({
    apiVersion: 'batch/v1',
    kind: 'Job',
    namespace: NAMESPACE,
    labels,
  })) {
    await cluster.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name: metadata.name });
  }
  await cluster.delete({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: nodePool });
  if (!(await isGone(cluster, ports.clusters, clusterName, nodePool))) return false;
  if (record !== undefined && record.released_at === null) {
    const shared = shareOf(record, await engineRecords(ports.store, request));
    await writeRecord(ports.store, withRelease(shared, isoTime(ports.clock)));
  }
  return true;
}

/** By now every deployment has said how long its load generators were at work; the rest of the nodes' time was idle. */
function shareOf(record: DeploymentRow, engines: DeploymentRow[]): DeploymentRow {
  const working = record.measure_s + record.idle_s;
  const measure_s = Math.min(
    working,
    engines.reduce((sum, one) => sum + one.measure_s, 0),
  );
  const usdPerSecond = record.node_s === 0 ? 0 : record.total_usd / record.node_s;
  const idle_s = working - measure_s;
  return { ...record, measure_s, idle_s, measure_usd: measure_s * usdPerSecond, idle_usd: idle_s * usdPerSecond };
}

const engineRecords = async (store: ObjectStore, { run, attempt }: LoadPoolRequest): Promise<DeploymentRow[]> =>
  (await readRecords(store, run)).filter((one) => one.attempt === attempt && one.role === 'engine');

async function recordNodes({ clusters, store, clock }: LoadPoolPorts, cluster: Cluster, request: LoadPoolRequest) {
  const { run, attempt, clusterName, nodePool } = request;
  const plan = await findPlan(store, run);
  const instances = await clusters.instances({ cluster: clusterName, nodePool });
  const first = instances.toSorted((a, b) => a.launchedAt.localeCompare(b.launchedAt))[0];
  if (plan === undefined || first === undefined) return undefined;
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node', labels: { [Label.nodePool]: nodePool } });
  const now = clock.nowMs();
  const life = instances.reduce((sum, one) => sum + secondsSince(one.launchedAt, now), 0);
  const launch = Math.min(life, launchSeconds(instances, nodes));
  const row = sharedNodeRow({
    run,
    attempt,
    role: RECORD,
    instanceType: plan.loadPool.instanceType,
    vcpus: null,
    node: { ...nodeFacts(nodes[0], undefined), zone: first.zone, instanceId: first.id },
    price: plan.estimate.loadNodePrice,
    launchedAt: first.launchedAt,
    releasedAt: null,
    // How much of it was measuring is known when all deployments have been recorded.
    seconds: { launch, pull: 0, load: 0, measure: 0, idle: life - launch, release: 0 },
    downloads: { imageGiB: null, weightsGiB: null },
    recordedAt: isoTime(clock),
  });
  await writeRecord(store, row);
  return row;
}

const secondsSince = (iso: string, nowMs: number): number => Math.max(0, (nowMs - Date.parse(iso)) / 1000);

function launchSeconds(instances: ClusterInstance[], nodes: AnyObject[]): number {
  const readyMs = nodes.flatMap((node) => {
    const ready = condition(node, 'Ready')?.lastTransitionTime;
    return ready === undefined ? [] : [Date.parse(ready)];
  });
  const launchedMs = instances.map((one) => Date.parse(one.launchedAt)).toSorted((a, b) => a - b);
  return readyMs
    .toSorted((a, b) => a - b)
    .reduce((sum, ready, index) => sum + Math.max(0, ready - (launchedMs[index] ?? ready)) / 1000, 0);
}
