import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { engineService } from '#core/cluster/manifests/engine-service.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { Annotation, Label, runLabels } from '#core/cluster/names.ts';
import type { PlannedDeployment } from '#core/plan/types.ts';
import type { AnyObject } from '#core/ports/cluster.ts';
import { instance } from './cluster.ts';
import { RUN, type World } from './world.ts';

const after = (world: World, seconds: number): string => new Date(world.clock.nowMs() + seconds * 1000).toISOString();

interface Deployed {
  deadline: string;
  pool: string;
  job: string;
}

/** A deployment whose engine is ready: pool, claim, node, instance, Job, pod, Service. Ten minutes pass. */
export function deploy(world: World, deployment: PlannedDeployment, capacity = 0): Deployed {
  const { cluster, clock } = world;
  const deadline = after(world, deployment.maxSeconds);
  const capacityType = deployment.capacityTypes[capacity]!;
  const made = { run: RUN, deployment, deadline, nowMs: clock.nowMs() };
  const pool = gpuNodePool({ ...made, capacityType });
  const engine = { image: 'vllm/vllm-openai:v9', port: 8000, healthPath: '/health' };
  const job = engineJob({ ...made, nodePool: pool.metadata.name, engine });
  cluster.place(pool);
  cluster.place(job);
  cluster.place(engineService({ ...made, targetPort: 8000 }));
  clock.forward(60);
  launch(world, pool.metadata.name, capacityType);
  cluster.place({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${job.metadata.name}-x`,
      labels: { ...job.spec.template.metadata.labels, [Label.jobName]: job.metadata.name },
      annotations: job.spec.template.metadata.annotations,
    },
    spec: { nodeName: `node-${pool.metadata.name}`, containers: [{ name: 'engine', image: engine.image }] },
    status: {
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: after(world, 300) }],
      containerStatuses: [{ name: 'engine', state: { running: { startedAt: after(world, 180) } } }],
    },
  });
  clock.forward(540);
  return { deadline, pool: pool.metadata.name, job: job.metadata.name };
}

/** A node of a pool, ready a minute from now, and the instance behind it. */
function launch(world: World, nodePool: string, capacityType: string): void {
  const { cluster, clusters, clock } = world;
  clusters.instanceList.push(instance(nodePool, clock.iso));
  const labels = { [Label.nodePool]: nodePool, [Label.zone]: 'us-east-1b', [Label.capacityType]: capacityType };
  cluster.place({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${nodePool}`, labels },
    spec: { providerID: `aws:///us-east-1b/i-${nodePool}` },
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: after(world, 60) }] },
  });
}

/** The pod of a load Job, which ran so long. */
export function ranLoad(world: World, deployment: PlannedDeployment, deadline: string, seconds: number): void {
  const startedAt = after(world, -seconds);
  world.cluster.place({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `load-${deployment.id}-${deadline}`,
      labels: { ...runLabels(RUN, 'load'), [Label.deployment]: deployment.id },
      annotations: { [Annotation.deadline]: deadline },
    },
    status: {
      initContainerStatuses: [
        { name: 'generator', state: { terminated: { exitCode: 0, startedAt, finishedAt: world.clock.iso } } },
      ],
    },
  });
}

/** The pool of the load generators with so many nodes, launched a minute apart. */
export async function deployLoadPool(world: World, nodes: number): Promise<string> {
  const { deadline, loadPool } = await world.plan();
  const pool = loadNodePool({ run: RUN, deadline, nowMs: world.clock.nowMs(), ...loadPool });
  world.cluster.place(pool);
  for (let node = 0; node < nodes; node++) {
    const { instanceType } = loadPool;
    const id = `i-load-${node}`;
    world.clusters.instanceList.push(instance(pool.metadata.name, world.clock.iso, { id, instanceType }));
    world.clock.forward(60);
  }
  return pool.metadata.name;
}

/** What is left of a pool goes: what Karpenter does once it is deleted. */
export function ends(world: World, nodePool: string): void {
  const { cluster, clusters } = world;
  clusters.instanceList = clusters.instanceList.filter((one) => one.nodePool !== nodePool);
  const belongs = ({ metadata }: AnyObject) =>
    metadata.name === nodePool || metadata.labels?.[Label.nodePool] === nodePool;
  for (const [id, object] of cluster.objects) if (belongs(object)) cluster.objects.delete(id);
}
