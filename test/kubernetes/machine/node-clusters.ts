import { accessManifests, telemetryManifests } from '#core/cluster/access.ts';
import { Label } from '#core/cluster/names.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ClusterInstance, ManagedClusters } from '#core/ports/managed-clusters.ts';

/**
 * The EKS of the tier: one cluster that is always there. kwok's nodes are their own instances, so that one that
 * Kubernetes forgets while it is billed cannot be played here.
 */
export const nodeClusters = (admin: Cluster): ManagedClusters => ({
  describe: async (name) => ({ name, status: 'ACTIVE', version: '1.36', ours: true }),
  create: async () => {},
  ensureAccess: async () => {
    for (const object of [...accessManifests(), ...telemetryManifests()]) await admin.apply(object);
  },
  delete: () => Promise.reject(new Error('nobody may delete this cluster')),
  endLeftAdmin: async () => false,
  disableCompute: () => Promise.reject(new Error('nobody may switch this cluster off')),
  instances: async ({ nodePool }) => {
    const labels = nodePool === undefined ? {} : { labels: { [Label.nodePool]: nodePool } };
    const nodes = await admin.list({ apiVersion: 'v1', kind: 'Node', ...labels });
    return nodes.filter(({ metadata }) => metadata.labels?.[Label.nodePool] !== undefined).map(instanceOf);
  },
});

function instanceOf({ metadata, spec }: AnyObject): ClusterInstance {
  const labels = metadata.labels ?? {};
  return {
    id: String(spec.providerID).split('/').at(-1) ?? '',
    instanceType: labels[Label.instanceType] ?? '',
    zone: labels[Label.zone] ?? '',
    state: metadata.deletionTimestamp === undefined ? 'running' : 'shutting-down',
    nodePool: labels[Label.nodePool] ?? '',
    launchedAt: metadata.creationTimestamp ?? '',
  };
}
