import { Label } from '#core/cluster/names.ts';
import { nodeFacts } from '#core/cluster/observe/node.ts';
import { condition } from '#core/cluster/observe/pod.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { sharedNodeRow } from '#core/results/deployment-row.ts';
import { writeDown } from '../store/bookkeeping.ts';
import { findRecord, writeRecord } from '../store/deployment-record.ts';
import { findPlan } from '../store/plan.ts';
import { announceEmpty } from '../store/purchase.ts';
import { everyStep } from './every-step.ts';
import { isGone } from './gone.ts';
import { noteLoadNodes, readLoadNodes, SEEN_WITHIN_MS } from './load-nodes.ts';
import { recordGone } from './record-gone.ts';

export interface LoadPoolRequest {
  run: string;
  attempt: number;
  clusterName: string;
  nodePool: string;
}

type LoadPoolPorts = Pick<Ports, 'clusters' | 'store' | 'clock'>;

const RECORD = 'load';

/**
 * The load generators' nodes: recorded and paid for like the GPUs, in one row for all of them. One that was seen and
 * has gone, empty, is in it for as long as it may have been kept.
 * @returns whether they are proven gone.
 */
export async function releaseLoadPool(
  ports: LoadPoolPorts,
  cluster: Cluster,
  request: LoadPoolRequest,
): Promise<boolean> {
  const { run, attempt, clusterName, nodePool } = request;
  await everyStep([
    () => writeDown(() => recordNodes(ports, cluster, request)),
    () => cluster.delete({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: nodePool }),
  ]);
  if (!(await isGone(cluster, ports.clusters, clusterName, nodePool))) return false;
  const ofThisPool = (record: DeploymentRow) => record.role === RECORD && record.attempt === attempt;
  await writeDown(async () => {
    const record = await findRecord(ports.store, { run, deployment: RECORD, attempt });
    // Only then are the others read, of which it has a share.
    if (record?.row.released_at === null) await recordGone(ports, run, ofThisPool);
  });
  return true;
}

async function recordNodes(
  { clusters, store, clock }: LoadPoolPorts,
  cluster: Cluster,
  request: LoadPoolRequest,
): Promise<void> {
  const { run, attempt, clusterName, nodePool } = request;
  if ((await findRecord(store, { run, deployment: RECORD, attempt })) !== undefined) return;
  const plan = await findPlan(store, run);
  const nowMs = clock.nowMs();
  const now = new Date(nowMs).toISOString();
  const instances = await clusters.instances({ cluster: clusterName, nodePool });
  await noteLoadNodes(
    store,
    request,
    instances.map((one) => ({ ...one, lastSeenAt: now })),
  );
  const earlier = (await readLoadNodes(store, request)).filter(({ id }) => !instances.some((one) => one.id === id));
  const all = [...instances, ...earlier].toSorted((a, b) => a.launchedAt.localeCompare(b.launchedAt));
  const [first] = all;
  if (first === undefined) {
    // Its nodes go with the pool: from now on none of it will come that nobody sees.
    const pool = await cluster.get({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: nodePool });
    if (pool !== undefined) await announceEmpty(store, { run, deployment: RECORD, attempt }, now);
  }
  if (plan === undefined || first === undefined) return;
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node', labels: { [Label.nodePool]: nodePool } });
  const keptMs = plan.loadPool.keepMinutes * 60_000 + SEEN_WITHIN_MS + EMPTY_NODE_ENDS_MS;
  const life =
    instances.reduce((sum, one) => sum + secondsBetween(one.launchedAt, nowMs), 0) +
    earlier.reduce(
      (sum, one) => sum + secondsBetween(one.launchedAt, Math.min(nowMs, Date.parse(one.lastSeenAt) + keptMs)),
      0,
    );
  const launch = Math.min(life, launchSeconds(instances, nodes));
  const row = sharedNodeRow({
    run,
    attempt,
    role: RECORD,
    instanceType: plan.loadPool.instanceType,
    vcpus: null,
    node: {
      ...nodeFacts(nodes[0], undefined),
      capacityType: 'on-demand',
      zone: first.zone,
      instanceId: all.map((one) => one.id).join(','),
    },
    price: plan.estimate.loadNodePrice,
    launchedAt: first.launchedAt,
    releasedAt: null,
    // How much of it was measuring is known when all deployments have been recorded.
    seconds: { launch, pull: 0, load: 0, measure: 0, idle: life - launch, release: 0 },
    downloads: { imageGiB: null, weightsGiB: null },
    recordedAt: now,
  });
  await writeRecord(store, row, undefined);
}

/** The drain of an empty node, and its instance's end. */
const EMPTY_NODE_ENDS_MS = 120_000;

const secondsBetween = (iso: string, ms: number): number => Math.max(0, (ms - Date.parse(iso)) / 1000);

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
