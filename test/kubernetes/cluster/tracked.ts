import type { Cluster, KubernetesObject, ObjectRef } from '#core/ports/cluster.ts';
import { until } from './until.ts';

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

export interface Tracked {
  cluster: Cluster;
  /** Deletes what was applied, and waits until it is gone. */
  clear(): Promise<void>;
}

/** A cluster that remembers what was applied through it. */
export function tracked(cluster: Cluster): Tracked {
  const applied = new Map<string, ObjectRef>();
  return {
    cluster: {
      ...cluster,
      apply: async (object) => {
        const ref = refOf(object);
        const result = await cluster.apply(object);
        applied.set(JSON.stringify(ref), ref);
        return result;
      },
    },
    clear: async () => {
      await Promise.all([...applied.values()].map((ref) => cluster.delete(ref)));
      await until(async () => {
        const left = await Promise.all([...applied.values()].map((ref) => cluster.get(ref)));
        return left.every((one) => one === undefined);
      });
    },
  };
}
