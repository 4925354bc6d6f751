import { join } from 'node:path';
import { NAMESPACE } from '#core/cluster/names.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import { type ControlPlane, runController } from './controllers/controller.ts';
import { emptyNodes } from './controllers/disruption.ts';
import { collectGarbage } from './controllers/garbage.ts';
import { jobs } from './controllers/job.ts';
import { nodeClaimLifecycle } from './controllers/node-claim.ts';
import { NodePods } from './controllers/node-pods.ts';
import { nodeTermination, podGarbage } from './controllers/node-termination.ts';
import { poolStatus } from './controllers/pool-status.ts';
import { provisioner, type Refusals } from './controllers/provisioner.ts';
import { scheduler } from './controllers/scheduler.ts';
import type { Images } from './images.ts';
import type { Endpoints } from './kubelet/endpoints.ts';
import type { Secrets } from './kubelet/environment.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import { ApiServer } from './objects/api-server.ts';
import { EventLog } from './objects/event-log.ts';
import { API_VERSION } from './objects/kinds.ts';
import { Objects } from './objects/objects.ts';
import type { ContainerRuntime } from './runtime/container-runtime.ts';
import { FaultyRuntime } from './runtime/faulty-runtime.ts';
import { Timers } from './timers.ts';

export type ClusterParts = Omit<ControlPlane, 'objects' | 'events' | 'timers' | 'computeEnabled'> & {
  clock: Timers['clock'];
  images: Images;
  secrets: Secrets;
  workDir: string;
  runtime: (timers: Timers) => ContainerRuntime;
};

/** One cluster: its objects, the controllers over them, and the kubelets of its nodes. */
export class LocalCluster {
  readonly api: Cluster;
  readonly endpoints: Endpoints;
  readonly #plane: ControlPlane;
  readonly #runtime: ContainerRuntime;
  #computeEnabled = true;

  constructor({ clock, images, secrets, workDir, runtime, ...parts }: ClusterParts) {
    const objects = new Objects(clock);
    const timers = new Timers(clock);
    const computeEnabled = () => this.#computeEnabled;
    const plane: ControlPlane = { ...parts, objects, timers, events: new EventLog(clock), computeEnabled };
    this.#plane = plane;
    // First, so that the controllers see every change with its consequences in the index.
    const nodePods = new NodePods(objects);
    this.#runtime = new FaultyRuntime(runtime(timers), parts.faults, timers, parts.cluster);
    const kubelet = new Kubelet(plane, nodePods, this.#runtime, images, secrets, join(workDir, parts.cluster));
    this.endpoints = kubelet.endpoints;
    const refusals: Refusals = new Map();
    collectGarbage(objects, ['Job', 'NodePool', 'NodeClaim']);
    for (const controller of [
      jobs(plane),
      scheduler(plane, nodePods),
      poolStatus(plane),
      provisioner(plane, nodePods, refusals),
      nodeClaimLifecycle(plane, refusals),
      nodeTermination(plane, nodePods),
      emptyNodes(plane, nodePods),
      podGarbage(plane, nodePods),
      kubelet.controller,
    ]) {
      runController(plane, controller);
    }
    this.api = new ApiServer(objects, plane.events, (query) => kubelet.tail(query));
    for (const name of ['default', 'kube-system']) this.#namespace(name);
  }

  /** What a bootstrap step leaves in the cluster. */
  ensureAccess(): void {
    if (this.#plane.objects.find('Namespace', `/${NAMESPACE}`) === undefined) this.#namespace(NAMESPACE);
  }

  /** Ends every instance without a word to Kubernetes; its objects find out. */
  disableCompute(): void {
    this.#computeEnabled = false;
    const { objects, instances, cluster, latencies } = this.#plane;
    for (const { id } of instances.present({ cluster })) {
      instances.shutDown(id, latencies.nodeTerminationMs + latencies.instanceGoneMs);
    }
    for (const kind of ['Node', 'NodeClaim'] as const) {
      for (const { metadata } of objects.all(kind)) objects.remove(kind, `/${metadata.name}`);
    }
  }

  async close(): Promise<void> {
    this.#plane.timers.close();
    await this.#runtime.close();
  }

  #namespace(name: string): void {
    this.#plane.objects.create({ apiVersion: API_VERSION.Namespace, kind: 'Namespace', metadata: { name } });
  }
}
