import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { LogGroups } from '../logs/log-groups.ts';

export interface ClusterClients {
  eks: EKSClient;
  ec2: EC2Client;
  secrets: SecretsManagerClient;
  logs: LogGroups;
}
