import type { Cluster as EksCluster } from '@aws-sdk/client-eks';
import type { ManagedCluster, ManagedClusterStatus } from '#core/ports/managed-clusters.ts';
import { type ClusterSettings, STACK_TAG } from '#core/stack/environment.ts';

export const isOurs = ({ tags }: EksCluster, { stackName }: Pick<ClusterSettings, 'stackName'>): boolean =>
  tags?.[STACK_TAG] === stackName;

/** Whether runs may be in it: by our tag, or because the stack is told so. */
export const isAllowed = (
  found: EksCluster,
  settings: Pick<ClusterSettings, 'stackName' | 'foreignClusters'>,
): boolean => isOurs(found, settings) || settings.foreignClusters.includes(found.name ?? '');

export function managedCluster(
  found: EksCluster,
  settings: Pick<ClusterSettings, 'stackName' | 'foreignClusters'>,
): ManagedCluster {
  const issues = found.health?.issues ?? [];
  const reason = issues.map(({ code, message }) => `${code}: ${message}`).join('; ');
  return {
    name: found.name ?? '',
    // PENDING is of clusters on Outposts, which ours are not.
    status: (found.status === 'PENDING' ? 'CREATING' : found.status) as ManagedClusterStatus,
    version: found.version ?? '',
    ours: isOurs(found, settings),
    ...(isAllowed(found, settings) ? {} : { offLimits: true }),
    ...(reason === '' ? {} : { reason }),
  };
}
