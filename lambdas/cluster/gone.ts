import { Label } from '#core/cluster/names.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ManagedClusters } from '#core/ports/managed-clusters.ts';

export const nodeClaims = (cluster: Cluster, nodePool: string): Promise<AnyObject[]> =>
  cluster.list({ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', labels: { [Label.nodePool]: nodePool } });

/**
 * The proof that a pool costs nothing any more: Kubernetes knows neither the pool nor a claim of it, and EC2
 * no instance. Each alone can be wrong: a deleted Node object does not mean a terminated instance.
 */
export async function isGone(cluster: Cluster, clusters: ManagedClusters, clusterName: string, nodePool: string) {
  const [pool, claims, instances] = await Promise.all([
    cluster.get({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: nodePool }),
    nodeClaims(cluster, nodePool),
    clusters.instances({ cluster: clusterName, nodePool }),
  ]);
  return pool === undefined && claims.length === 0 && instances.length === 0;
}
