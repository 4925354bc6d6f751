import type { ClusterSettings } from '#core/stack/environment.ts';
import type { ClusterClients } from './clients.ts';

/**
 * EKS writes the logs of a control plane to a group of this name, and makes one that keeps them for ever where there
 * is none. No template can have it: it outlives the cluster, and another stack may have had a cluster of that name.
 * A run does not fail for it.
 */
export async function keepControlPlaneLogs(
  { logs }: Pick<ClusterClients, 'logs'>,
  { logRetentionDays }: Pick<ClusterSettings, 'logRetentionDays'>,
  clusterName: string,
): Promise<void> {
  try {
    await logs.keep(`/aws/eks/${clusterName}/cluster`, logRetentionDays);
  } catch (error) {
    console.warn(`The control plane's logs of ${clusterName} may be kept for ever: ${(error as Error).message}`);
  }
}
