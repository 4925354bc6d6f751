import type { TaskName } from '../workflow/task-signatures.ts';

/**
 * What the stack tells its functions: infra/ sets these variables, aws/ reads them. Names only here, so that
 * neither side can spell one alone.
 */
export const Variable = {
  /** Of the results, artifacts, plans and leases. */
  resultsBucket: 'STEPBENCH_RESULTS_BUCKET',
  athenaWorkgroup: 'STEPBENCH_ATHENA_WORKGROUP',
  glueDatabase: 'STEPBENCH_GLUE_DATABASE',
  topicArn: 'STEPBENCH_TOPIC_ARN',
  /** JSON of ClusterSettings: all that ProvisionCluster needs to create a cluster and let the tasks in. */
  cluster: 'STEPBENCH_CLUSTER',
  /** JSON: which reference is pulled by for each image that the code pins. Not set where that is the same. */
  images: 'STEPBENCH_IMAGES',
} as const;

/** Functions that are no tasks of the machine: after a failure, every five minutes, and for `stepbench status`. */
export type GuardName = 'Guard' | 'Janitor' | 'Status';

/** Value of STEPBENCH_CLUSTER. */
export interface ClusterSettings {
  /** Marks a cluster as this stack's own: value of the tag `stepbench:stack`. */
  stackName: string;
  clusterRoleArn: string;
  nodeRoleArn: string;
  /** Of load Jobs in the cluster, by Pod Identity: their uploader writes artifacts to the results bucket. */
  podRoleArn: string;
  /** Of stagers in the cluster: they write weights to the bucket. */
  stagingRoleArn: string;
  /** Of the engines in the cluster: read access to staged weights. Without it they pull from the hub only. */
  weightsRoleArn?: string;
  subnetIds: string[];
  securityGroupId: string;
  /** Envelope encryption of Kubernetes Secrets. */
  secretsKeyArn: string;
  /** Empty: the API server's endpoint is private only. */
  publicAccessCidrs: string[];
  /** For how many days the logs of control planes are kept. */
  logRetentionDays: number;
  /** Roles of people who look into clusters and forward ports to engines. */
  operatorRoleArns: string[];
  /** Names of clusters that somebody else made, and that the stack is told to work in. */
  foreignClusters: string[];
  /** Roles of the functions that speak Kubernetes, each mapped to a group of its own (core/cluster/access.ts). */
  taskRoleArns: Partial<Record<TaskName | GuardName, string>>;
  /** Secrets Manager secret with the Hugging Face token (plain text); mirrored into the namespace when set. */
  huggingFaceSecretArn?: string;
  /** Secrets Manager secret with the headers of endpoints (JSON object); mirrored likewise. */
  endpointHeadersSecretArn?: string;
}

/** Tag on everything in AWS that a stack of ours has made outside CloudFormation. */
export const STACK_TAG = 'stepbench:stack';
