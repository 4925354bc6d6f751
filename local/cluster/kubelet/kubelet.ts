import { join } from 'node:path';
import type { LogQuery } from '#core/ports/cluster.ts';
import type { Controller, ControlPlane } from '../controllers/controller.ts';
import type { NodePods } from '../controllers/node-pods.ts';
import type { Images } from '../images.ts';
import type { Instance } from '../instances.ts';
import { isOver, keyOf } from '../objects/objects.ts';
import type { ContainerRuntime } from '../runtime/container-runtime.ts';
import { Endpoints } from './endpoints.ts';
import type { Secrets } from './environment.ts';
import { ImageCache } from './image-cache.ts';
import type { KubeletParts } from './parts.ts';
import { PodWorker } from './pod-worker.ts';

/** The kubelets of all nodes of a cluster: each pod that is bound gets a worker, until it is gone. */
export class Kubelet {
  /** Service URLs as this machine's processes reach them. */
  readonly endpoints: Endpoints;
  readonly #parts: KubeletParts;
  readonly #workers = new Map<string, PodWorker>();
  readonly #nodePods: NodePods;

  constructor(
    plane: ControlPlane,
    nodePods: NodePods,
    runtime: ContainerRuntime,
    images: Images,
    secrets: Secrets,
    workDir: string,
  ) {
    this.#nodePods = nodePods;
    this.endpoints = new Endpoints(plane.objects, (pod) => this.#workers.get(keyOf(pod.metadata))?.address());
    this.#parts = {
      plane,
      runtime,
      images,
      endpoints: this.endpoints,
      secrets,
      cache: new ImageCache(plane.timers),
      podDir: (pod) => join(workDir, pod.metadata.uid!),
    };
    plane.instances.onChange((instance) => this.#onInstance(instance));
  }

  get controller(): Controller {
    return {
      name: 'kubelet',
      watches: { Pod: (pod) => (pod.spec.nodeName === undefined ? [] : [keyOf(pod.metadata)]) },
      reconcile: (key) => this.#reconcile(key),
    };
  }

  /** Of the pod, while it is there. */
  async tail({ namespace, pod, container, tailLines }: LogQuery): Promise<string> {
    return (await this.#workers.get(keyOf({ namespace, name: pod }))?.tail(container, tailLines)) ?? '';
  }

  #reconcile(key: string): undefined {
    const pod = this.#parts.plane.objects.find('Pod', key);
    const worker = this.#workers.get(key);
    if (pod === undefined) {
      worker?.kill();
      this.#workers.delete(key);
      if (worker !== undefined) this.#parts.runtime.forget(worker.pod.metadata.uid!, this.#parts.podDir(worker.pod));
      return;
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (worker === undefined) this.#parts.plane.objects.remove('Pod', key);
      else worker.stop((pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000);
      return;
    }
    if (worker !== undefined || isOver(pod)) return;
    const begun = new PodWorker(this.#parts, pod);
    this.#workers.set(key, begun);
    begun.begin();
  }

  /** An instance that ends takes its processes with it at once, whatever Kubernetes knows of it. */
  #onInstance({ id, cluster, state, stoppedAtMs }: Readonly<Instance>): void {
    if (cluster !== this.#parts.plane.cluster || stoppedAtMs === undefined || state !== 'shutting-down') return;
    this.#parts.cache.forget(id);
    for (const pod of this.#nodePods.on(id)) this.#workers.get(keyOf(pod.metadata))?.kill();
  }
}
