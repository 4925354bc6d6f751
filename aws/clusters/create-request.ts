import type { CreateClusterCommandInput } from '@aws-sdk/client-eks';
import { type ClusterSettings, STACK_TAG } from '#core/stack/environment.ts';

/**
 * An EKS Auto Mode cluster: compute, block storage and load balancing are on together or not at all. Its built-in
 * `general-purpose` pool is there for the NodeClass `default` that comes with it, and for nothing else of ours.
 *
 * Nobody is admin by having made it: `ensureAccess` lets in whoever needs it. No request token of our own: the
 * SDK makes one for its retries, and one derived from the name would be answered with a cluster deleted since.
 */
export const createRequest = (
  { name, version }: { name: string; version: string },
  settings: ClusterSettings,
): CreateClusterCommandInput => ({
  name,
  version,
  roleArn: settings.clusterRoleArn,
  resourcesVpcConfig: {
    subnetIds: settings.subnetIds,
    securityGroupIds: [settings.securityGroupId],
    endpointPrivateAccess: true,
    endpointPublicAccess: settings.publicAccessCidrs.length > 0,
    ...(settings.publicAccessCidrs.length > 0 ? { publicAccessCidrs: settings.publicAccessCidrs } : {}),
  },
  accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
  bootstrapSelfManagedAddons: false,
  computeConfig: { enabled: true, nodePools: ['general-purpose'], nodeRoleArn: settings.nodeRoleArn },
  storageConfig: { blockStorage: { enabled: true } },
  kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
  upgradePolicy: { supportType: 'STANDARD' },
  encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: settings.secretsKeyArn } }],
  logging: {
    clusterLogging: [{ enabled: true, types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] }],
  },
  tags: { [STACK_TAG]: settings.stackName },
});
