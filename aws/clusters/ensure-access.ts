import type { Cluster as EksCluster } from '@aws-sdk/client-eks';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ClusterSettings } from '#core/stack/environment.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { ClusterClients } from './eks-clusters.ts';

export async function ensureAccess(
  _parts: {
    clients: ClusterClients;
    settings: ClusterSettings;
    connectAsAdmin: (clusterName: string) => Promise<Cluster>;
  },
  { name }: EksCluster,
): Promise<void> {
  throw new StepBenchError(ErrorName.ClusterFailed, `Nobody can be let into cluster ${name} yet.`);
}
