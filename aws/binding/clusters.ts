import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ManagedClusters } from '#core/ports/managed-clusters.ts';
import { type ClusterSettings, Variable } from '#core/stack/environment.ts';
import { eksClusters } from '../clusters/eks-clusters.ts';
import { logGroups } from '../logs/log-groups.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { required } from './environment.ts';
import { connect } from './kubernetes.ts';
import { lazily } from './lazily.ts';

/** Read when a cluster is described or made: whoever only asks for instances is not told them. */
const settings = lazily(() => JSON.parse(required(Variable.cluster)) as ClusterSettings);

export const clusters: ManagedClusters = lazily(() => {
  const clients = {
    eks: new EKSClient(CLIENT_CONFIG),
    ec2: new EC2Client(CLIENT_CONFIG),
    secrets: new SecretsManagerClient(CLIENT_CONFIG),
    logs: logGroups(new CloudWatchLogsClient(CLIENT_CONFIG)),
  };
  return eksClusters(clients, settings, connect);
});
