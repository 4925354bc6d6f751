import type { Cluster, KubernetesObject } from '../ports/cluster.ts';

interface Container {
  image: string;
}

interface PodTemplate {
  spec: { template: { spec: { containers: Container[]; initContainers?: Container[] } } };
}

const runsPods = (object: KubernetesObject): object is KubernetesObject & PodTemplate =>
  object.kind === 'Job' || object.kind === 'DaemonSet';

/**
 * A cluster in which every pod of ours is pulled by the references that the stack was given, by digest or from a
 * registry of its own. Tasks go on naming what the code pins.
 * @throws Error for an image that the stack says nothing of: a cluster without a way out would wait for it in vain, and
 * where a digest was asked for nothing else may run.
 */
export function pullFrom(cluster: Cluster, pulled: Readonly<Record<string, string>>): Cluster {
  const from = <T extends Container>(container: T): T => {
    const image = pulled[container.image];
    if (image === undefined) throw new Error(`The stack does not say where ${container.image} is pulled from.`);
    return { ...container, image };
  };
  return {
    apply: (object) => cluster.apply(runsPods(object) ? withContainers(object, from) : object),
    get: (ref) => cluster.get(ref),
    list: (query) => cluster.list(query),
    delete: (ref) => cluster.delete(ref),
    events: (query) => cluster.events(query),
    logs: (query) => cluster.logs(query),
  };
}

function withContainers<T extends KubernetesObject & PodTemplate>(
  object: T,
  change: (container: Container) => Container,
) {
  const { spec } = object;
  const pod = spec.template.spec;
  return {
    ...object,
    spec: {
      ...spec,
      template: {
        ...spec.template,
        spec: {
          ...pod,
          ...(pod.initContainers && { initContainers: pod.initContainers.map(change) }),
          containers: pod.containers.map(change),
        },
      },
    },
  };
}
