import type { UpdateClusterConfigCommandInput } from '@aws-sdk/client-eks';

/** Auto Mode's three parts, which are on or off together. EKS then ends all instances that it has launched ("Disable EKS Auto Mode"). */
export const computeOff = (name: string): UpdateClusterConfigCommandInput => ({
  name,
  computeConfig: { enabled: false },
  storageConfig: { blockStorage: { enabled: false } },
  kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: false } },
});
