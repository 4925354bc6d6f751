import type { Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';

/**
 * Applies what may not change once it is there (a Job's template, its deadline counted from now): the one
 * that stands is left alone, so that a task delivered twice changes nothing.
 */
export async function applyOnce<T extends KubernetesObject>(cluster: Cluster, object: T): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const ref = { apiVersion, kind, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }) };
  const found = await cluster.get(ref);
  if (found !== undefined && found.metadata.deletionTimestamp === undefined) return;
  try {
    await cluster.apply(object);
  } catch (error) {
    // Applied twice at once, a second apart in its deadline: the other one's is as good.
    if (!isError(error, ErrorName.Conflict) || (await stands(cluster, ref)) === false) throw error;
  }
}

const stands = async (cluster: Cluster, ref: Parameters<Cluster['get']>[0]): Promise<boolean> => {
  const found = await cluster.get(ref);
  return found !== undefined && found.metadata.deletionTimestamp === undefined;
};
