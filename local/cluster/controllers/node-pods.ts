import { Annotation } from '#core/cluster/names.ts';
import { isOver, keyOf, type Objects } from '../objects/objects.ts';
import type { Node, Pod } from '../objects/shapes.ts';
import { quantity } from '../quantity.ts';
import { add, type Host, requests, subtract } from './fit.ts';

/** Pods by node: an index over the objects, since a run leaves thousands of finished pods behind. */
export class NodePods {
  readonly #byNode = new Map<string, Map<string, Pod>>();
  /** As they were worked out for the node and its pods of this moment. */
  readonly #hosts = new Map<string, { node: Node; host: Host }>();

  constructor(objects: Objects) {
    objects.watch('Pod', (object, change) => {
      const pod = object as Pod;
      const node = pod.spec.nodeName;
      if (node === undefined) return;
      this.#hosts.delete(node);
      let pods = this.#byNode.get(node);
      if (pods === undefined) {
        pods = new Map();
        this.#byNode.set(node, pods);
      }
      const key = keyOf(pod.metadata);
      if (change === 'deleted') pods.delete(key);
      else pods.set(key, pod);
      if (pods.size === 0) this.#byNode.delete(node);
    });
    objects.watch('Node', ({ metadata }) => this.#hosts.delete(metadata.name));
  }

  on(node: string): Pod[] {
    return [...(this.#byNode.get(node)?.values() ?? [])];
  }

  /** Those whose containers run or will. */
  active(node: string): Pod[] {
    return this.on(node).filter((pod) => !isOver(pod));
  }

  /** The node as the scheduler sees it. */
  host(node: Node): Readonly<Host> {
    const known = this.#hosts.get(node.metadata.name);
    if (known?.node === node) return known.host;
    const host = this.#hostOf(node);
    this.#hosts.set(node.metadata.name, { node, host });
    return host;
  }

  #hostOf(node: Node): Host {
    const allocatable = Object.fromEntries(
      Object.entries(node.status.allocatable).map(([resource, text]) => [resource, quantity(text)]),
    );
    const used = this.active(node.metadata.name).map(requests).reduce(add, {});
    const taints = node.spec.taints ?? [];
    return { labels: node.metadata.labels ?? {}, taints, free: subtract(allocatable, used) };
  }
}

export const mayBeDisrupted = (pod: Pod): boolean => pod.metadata.annotations?.[Annotation.doNotDisrupt] !== 'true';
