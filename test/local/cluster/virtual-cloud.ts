import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { engineService } from '#core/cluster/manifests/engine-service.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import type { Deployment } from '#core/plan/types.ts';
import type { AnyObject, Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { Faults } from '#local/cluster/faults.ts';
import { createLocalCloud, type LocalCloud, type LocalCloudOptions } from '#local/cluster/local-cloud.ts';

export const ENGINE_IMAGE = 'vllm/vllm-openai';
export const CLUSTER = 'bench';

export interface VirtualCloud {
  clock: VirtualClock;
  cloud: LocalCloud;
  cluster: Cluster;
  faults: Faults;
}

/** A cloud in virtual time with a cluster that is ready to use. */
export async function virtualCloud(options: Partial<LocalCloudOptions> = {}): Promise<VirtualCloud> {
  const clock = new VirtualClock({ startMs: Date.parse('2026-01-01T00:00:00Z') });
  const faults = new Faults(clock);
  const cloud = createLocalCloud({
    clock,
    faults,
    kubelet: 'virtual',
    workDir: '/nowhere',
    images: { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 'forever', readyAfterMs: 120_000 }) } },
    existing: [{ name: CLUSTER, version: '1.36', ours: true }],
    ...options,
  });
  await cloud.clusters.ensureAccess(CLUSTER);
  return { clock, cloud, faults, cluster: await cloud.connect(CLUSTER) };
}

export const DEPLOYMENT: Pick<Deployment, 'id' | 'instanceType' | 'gpuCount' | 'shmGiB'> = {
  id: 'd0123456789a',
  instanceType: 'g5.12xlarge',
  gpuCount: 4,
  shmGiB: 10,
};

/** The pool, engine and Service of a deployment, as the tasks apply them. */
export function engineManifests(
  clock: { nowMs(): number },
  { run = 'run', deployment = DEPLOYMENT, lifeMs = 2 * 3_600_000 } = {},
) {
  const nowMs = clock.nowMs();
  const deadline = new Date(nowMs + lifeMs).toISOString();
  const pool = gpuNodePool({ run, deployment, deadline, capacityType: 'on-demand', nowMs });
  const engine = { image: `${ENGINE_IMAGE}:v1`, args: [], env: {}, port: 8000, healthPath: '/health' };
  const job = engineJob({ run, deployment, deadline, nowMs, nodePool: pool.metadata.name, engine });
  return { pool, job, service: engineService({ run, deployment, deadline, targetPort: 8000 }) };
}

export const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject) => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

export const podsOf = (cluster: Cluster, job: KubernetesObject): Promise<AnyObject[]> =>
  cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: job.metadata.namespace!,
    labels: { 'batch.kubernetes.io/job-name': job.metadata.name },
  });

/** Everything that is still there and should not be, for a person to read. */
export async function leftOf(cloud: LocalCloud, cluster: Cluster): Promise<string[]> {
  const left = (await cloud.clusters.instances({ cluster: CLUSTER })).map(({ id, state }) => `instance ${id} ${state}`);
  for (const [apiVersion, kind] of [
    ['v1', 'Pod'],
    ['v1', 'Node'],
    ['karpenter.sh/v1', 'NodeClaim'],
  ] as const) {
    for (const { metadata } of await cluster.list({ apiVersion, kind })) left.push(`${kind} ${metadata.name}`);
  }
  return left;
}

/** Of every instance there was: when it was launched, stopped costing and was gone. */
export const durationsOf = (cloud: LocalCloud) =>
  cloud.instanceHistory().map(({ launchedAtMs, stoppedAtMs, terminatedAtMs }) => ({
    launchedMs: launchedAtMs,
    billedMs: stoppedAtMs ?? Number.POSITIVE_INFINITY,
    presentMs: terminatedAtMs ?? Number.POSITIVE_INFINITY,
  }));

export const condition = (object: AnyObject | undefined, type: string) =>
  object?.status?.conditions?.find((one: { type: string }) => one.type === type);

export const isFinished = async (cluster: Cluster, job: KubernetesObject) => {
  const found = await cluster.get(refOf(job));
  return condition(found, 'Complete') !== undefined || condition(found, 'Failed') !== undefined;
};

export const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
