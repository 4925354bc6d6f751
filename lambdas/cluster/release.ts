import { Annotation, engineName, Label, NAMESPACE } from '#core/cluster/names.ts';
import { launchedFacts, nodeFacts } from '#core/cluster/observe/node.ts';
import { generatorSeconds, phaseSeconds } from '#core/cluster/observe/phases.ts';
import { NOTHING_YET, observeTimeline } from '#core/cluster/observe/timeline.ts';
import { priceOf } from '#core/plan/price-of.ts';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { deploymentRow, withRelease } from '#core/results/deployment-row.ts';
import type { Failure, NodeFacts } from '#core/workflow/payload.ts';
import { writeDown } from '../store/bookkeeping.ts';
import { completeRecord, findRecord, writeRecord } from '../store/deployment-record.ts';
import { findDeployment } from '../store/plan.ts';
import { readRowsOf } from '../store/rows.ts';
import { deploymentObjects } from './deployment-objects.ts';
import { everyStep } from './every-step.ts';
import { isGone } from './gone.ts';

export interface ReleaseRequest {
  run: string;
  attempt: number;
  clusterName: string;
  deployment: string;
  /** ISO time; part of the names of what is released. */
  deadline: string;
  nodePool: string;
  /** What was seen of the node while it was well; the cluster may have forgotten it. */
  node: NodeFacts | null;
  failure: Failure | null;
}

type ReleasePorts = Pick<Ports, 'connect' | 'clusters' | 'store' | 'clock'>;

/**
 * Lets go of one deployment: what its node did is recorded before the objects that tell of it are deleted,
 * then workload first and pool after, in the background. Asked again, it does what is missing.
 * @returns whether it is proven gone: no pool, no claim, no instance.
 * @throws what the cluster refuses to delete; never because of a record.
 */
export async function releaseDeployment(ports: ReleasePorts, request: ReleaseRequest): Promise<boolean> {
  const cluster = await ports.connect(request.clusterName);
  await everyStep([
    // What cannot be recorded is tried again with the next call, and told by ReleaseRun if it never could.
    () => writeDown(() => recordNode(ports, cluster, request)),
    () => deleteWorkload(cluster, request),
    () => cluster.delete({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: request.nodePool }),
  ]);
  if (!(await isGone(cluster, ports.clusters, request.clusterName, request.nodePool))) return false;
  await writeDown(() => completeRecord(ports.store, request, (row) => withRelease(row, isoTime(ports.clock))));
  return true;
}

async function recordNode(ports: ReleasePorts, cluster: Cluster, request: ReleaseRequest): Promise<void> {
  const { store, clusters } = ports;
  const stored = await findRecord(store, request);
  const instances = await clusters.instances({ cluster: request.clusterName, nodePool: request.nodePool });
  // An instance that came after the first look is paid for too.
  if (stored !== undefined && (stored.row.launched_at !== null || instances.length === 0)) return;
  const deployment = await findDeployment(store, request.run, request.deployment);
  // A pool of ours whose plan is gone is released all the same; there is nothing to record it against.
  if (deployment === undefined) return;
  await writeRecord(store, await nodeRow(ports, cluster, request, deployment, instances), stored);
}

async function nodeRow(
  { store, clock }: ReleasePorts,
  cluster: Cluster,
  request: ReleaseRequest,
  deployment: PlannedDeployment,
  instances: ClusterInstance[],
): Promise<DeploymentRow> {
  const { run, attempt, deadline, failure } = request;
  const objects = await deploymentObjects(cluster, run, deployment.id, deadline);
  const now = isoTime(clock);
  const timeline = observeTimeline({ ...NOTHING_YET, releaseStartedAt: now }, { ...objects, instances });
  const seen = nodeFacts(objects.node, objects.pod);
  const earlier = request.node !== null && request.node.instanceId !== '' ? request.node : seen;
  const node = launchedFacts(earlier, instances[0], objects.nodePool);
  const cells = deployment.cells.map((cell) => cell.id);
  return deploymentRow({
    run,
    attempt,
    deployment,
    node,
    price: timeline.launchedAt === null ? null : priceOf(deployment, node, 0),
    launchedAt: timeline.launchedAt,
    releasedAt: null,
    seconds: phaseSeconds(timeline, generatorSeconds(await loadPods(cluster, request), clock.nowMs())),
    downloads: { imageGiB: null, weightsGiB: null },
    rows: await readRowsOf(store, run, cells),
    failure: failure === null || failure.error === '' ? null : failure,
    recordedAt: now,
  });
}

const ofDeployment = ({ run, deployment }: ReleaseRequest) => ({ [Label.run]: run, [Label.deployment]: deployment });

/** Every object of a deployment bears its deadline: another execution of the run has another one. */
const sameDeadline =
  ({ deadline }: ReleaseRequest) =>
  ({ metadata }: AnyObject): boolean =>
    metadata.annotations?.[Annotation.deadline] === deadline;

async function loadPods(cluster: Cluster, request: ReleaseRequest): Promise<AnyObject[]> {
  const labels = { ...ofDeployment(request), [Label.role]: 'load' };
  const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, labels });
  return pods.filter(sameDeadline(request));
}

async function deleteWorkload(cluster: Cluster, request: ReleaseRequest): Promise<void> {
  const labels = ofDeployment(request);
  const jobs = await cluster.list({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, labels });
  const service = engineName(request.run, request.deployment, request.deadline);
  await everyStep([
    ...jobs.filter(sameDeadline(request)).map(
      ({ metadata: { name } }) =>
        () =>
          cluster.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name }),
    ),
    () => cluster.delete({ apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE, name: service }),
  ]);
}
