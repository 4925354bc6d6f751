import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { STACK_TAG } from '#core/stack/environment.ts';
import type { Need } from '#core/workflow/tasks.ts';

/** What grants name: ARNs, or patterns of them. */
export interface GrantTargets {
  bucketArn: string;
  dataKeyArn: string;
  /** Prefix of Athena's answers in the bucket. */
  athenaPrefix: string;
  workgroupArn: string;
  /** Of Glue: catalog, database and everything in it. */
  glueArns: readonly string[];
  /** Of Glue: the database `default`, with the catalog. */
  defaultDatabaseArns: readonly string[];
  topicArn: string;
  /** Executions of the machine: `arn:...:execution:NAME:*`. */
  executionsArn: string;
  /** All clusters of account and region: a matrix names which. */
  clustersArn: string;
  /** Clusters of somebody else that the stack is told to work in. */
  foreignClusterArns: readonly string[];
  /** Value of the tag `stepbench:stack`. */
  stackName: string;
  /** Log groups that EKS writes the logs of control planes to. */
  controlPlaneLogsArn: string;
  clusterRoleArn: string;
  nodeRoleArn: string;
  /** Of pods: those that write artifacts, those that read weights, and those that stage them. */
  podRoleArns: readonly string[];
  secretsKeyArn: string;
  /** Roles that are let into a cluster: functions', ProvisionCluster's own among them, and operators'. */
  admittedRoleArns: readonly string[];
  /** Access entries of ProvisionCluster's own role, in any cluster. */
  ownAccessEntryArn: string;
  /** Access entries of all those roles. */
  accessEntryArns: readonly string[];
  /** Whoever's, in any cluster. */
  anyAccessEntryArn: string;
  /** Pod Identity associations of any cluster. */
  podAssociationsArn: string;
  /** Those of the clusters of somebody else that the stack is told to work in. */
  foreignAssociationsArns: readonly string[];
  /** Secrets that are mirrored into clusters: ARNs, or patterns of them. */
  secretArns: readonly string[];
  /** The keys that those may be encrypted with, and through which service they are used. */
  secretKeys: { arn: string; service: string };
}

interface Access {
  read?: readonly string[];
  write?: readonly string[];
}

/**
 * Objects of the bucket. Reading comes with s3:ListBucket on all of it: without it S3 answers 403 for a key that is
 * not there, and a condition on the prefix does not hold for that answer.
 */
function objects(on: GrantTargets, { read = [], write = [] }: Access): PolicyStatement[] {
  const arns = (keys: readonly string[]) => keys.map((key) => `${on.bucketArn}/${key}`);
  // A conditional put reads the etag that it compares.
  const readable = [...read, ...write];
  return [
    allow(['s3:ListBucket'], [on.bucketArn]),
    allow(['s3:GetObject'], arns(readable)),
    allow(write.length > 0 ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'], [on.dataKeyArn]),
    ...(write.length > 0 ? [allow(['s3:PutObject', 's3:AbortMultipartUpload'], arns(write))] : []),
  ];
}

type Conditions = Record<string, Record<string, string | readonly string[]>>;

const allow = (actions: readonly string[], resources: readonly string[], conditions?: Conditions): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions }),
  });

const PLAN = ['runs/*/plan.json', 'runs/*/plan/*'];
const LEASE = ['runs/*/lease.json'];
/** Which leases may be open, and where. */
const LEASE_INDEX = ['leases/*'];
/** What nodes did and cost. */
const RECORDS = ['runs/*/deployments/*'];
const ROWS = ['runs/*/rows/*'];
/** That nodes may be bought: written before they can be. */
const PURCHASES = ['runs/*/purchases/*'];
const ANSWERS = ['runs/*/answers/*'];
const REPORT = ['report.html', 'cells.csv', 'cells.json', 'summary.json'].map((file) => `runs/*/${file}`);

const ours = (on: GrantTargets): Conditions => ({ StringEquals: { [`aws:ResourceTag/${STACK_TAG}`]: on.stackName } });
const taggedAsOurs = (on: GrantTargets): Conditions => ({
  StringEquals: { [`aws:RequestTag/${STACK_TAG}`]: on.stackName },
});
const passedTo = (...services: string[]): Conditions => ({
  StringEquals: { 'iam:PassedToService': services.length === 1 ? (services[0] as string) : services },
});

/** In clusters with our tag; and, whatever their tags, in those of somebody else that the stack is told to work in. */
const inClusters = (
  on: GrantTargets,
  grant: (clusters: readonly string[], conditions: Conditions) => PolicyStatement,
): PolicyStatement[] => [
  grant([on.clustersArn], ours(on)),
  ...(on.foreignClusterArns.length === 0 ? [] : [grant(on.foreignClusterArns, {})]),
];

/** What each need of a task is in AWS. Nothing else is ever granted to a function, but its logs, traces and network. */
export const GRANTS: Record<Need, (on: GrantTargets) => PolicyStatement[]> = {
  // Where the API server is and whom to trust there; what may be done in it, RBAC says.
  kubernetes: (on) => [allow(['eks:DescribeCluster'], [on.clustersArn])],
  'clusters:describe': (on) => [allow(['eks:DescribeCluster'], [on.clustersArn])],
  'clusters:create': (on) => [
    allow(['eks:CreateCluster'], [on.clustersArn], taggedAsOurs(on)),
    // What is tagged as it is made is authorized as tagged too, by its own ARN. The tag of another stack stays.
    allow(['eks:TagResource'], [on.clustersArn, on.anyAccessEntryArn, on.podAssociationsArn], {
      ...taggedAsOurs(on),
      StringEqualsIfExists: { [`aws:ResourceTag/${STACK_TAG}`]: on.stackName },
    }),
    allow(['iam:PassRole'], [on.clusterRoleArn], passedTo('eks.amazonaws.com')),
    // Nodes take it by EC2; whether EKS asks for itself or for EC2 when it is named at creation, AWS does not say.
    allow(['iam:PassRole'], [on.nodeRoleArn], passedTo('eks.amazonaws.com', 'ec2.amazonaws.com')),
    allow(['iam:CreateServiceLinkedRole'], ['*'], {
      StringEquals: { 'iam:AWSServiceName': 'eks.amazonaws.com' },
    }),
    allow(['kms:DescribeKey', 'kms:CreateGrant'], [on.secretsKeyArn]),
    allow(['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], [on.controlPlaneLogsArn]),
    // Whoever writes access entries is an administrator: only entries of our own functions and of operators, only itself as one, and
    // only in clusters of ours and in those that it is told to work in.
    ...inClusters(on, (clusters, conditions) =>
      allow(['eks:CreateAccessEntry'], clusters, {
        ...conditions,
        ArnEquals: { 'eks:principalArn': on.admittedRoleArns },
      }),
    ),
    allow(['eks:DescribeAccessEntry', 'eks:UpdateAccessEntry'], on.accessEntryArns),
    allow(
      ['eks:AssociateAccessPolicy', 'eks:DisassociateAccessPolicy', 'eks:ListAssociatedAccessPolicies'],
      [on.ownAccessEntryArn],
    ),
    ...inClusters(on, (clusters, conditions) => allow(['eks:CreatePodIdentityAssociation'], clusters, conditions)),
    allow(['eks:ListPodIdentityAssociations'], [on.clustersArn]),
    allow(['eks:DescribePodIdentityAssociation'], [on.podAssociationsArn]),
    allow(['eks:UpdatePodIdentityAssociation'], [on.podAssociationsArn], ours(on)),
    ...(on.foreignAssociationsArns.length === 0
      ? []
      : [allow(['eks:UpdatePodIdentityAssociation'], on.foreignAssociationsArns)]),
    allow(['iam:PassRole'], on.podRoleArns, passedTo('pods.eks.amazonaws.com')),
    allow(['iam:GetRole'], on.podRoleArns),
    ...(on.secretArns.length === 0
      ? []
      : [
          allow(['secretsmanager:GetSecretValue'], on.secretArns),
          // Whichever key of the account one is encrypted with: by Secrets Manager alone, and for these alone.
          allow(['kms:Decrypt'], [on.secretKeys.arn], {
            StringEquals: { 'kms:ViaService': on.secretKeys.service },
            StringLike: { 'kms:EncryptionContext:SecretARN': on.secretArns },
          }),
        ]),
  ],
  'clusters:delete': (on) => [allow(['eks:DeleteCluster'], [on.clustersArn], ours(on))],
  'clusters:disable': (on) => [allow(['eks:UpdateClusterConfig'], [on.clustersArn], ours(on))],
  // What ProvisionCluster may give itself, to be taken away when it could not give it up.
  'clusters:end-admin': (on) => [
    allow(['eks:DisassociateAccessPolicy', 'eks:ListAssociatedAccessPolicies'], [on.ownAccessEntryArn]),
  ],
  instances: () => [allow(['ec2:DescribeInstances'], ['*'])],
  prices: () => [allow(['pricing:GetProducts', 'ec2:DescribeSpotPriceHistory'], ['*'])],
  quotas: () => [allow(['servicequotas:GetServiceQuota', 'servicequotas:GetAWSDefaultServiceQuota'], ['*'])],
  executions: (on) => [allow(['states:DescribeExecution'], [on.executionsArn])],
  'plan:read': (on) => objects(on, { read: PLAN }),
  // The items of the map over deployments: the state machine reads them.
  'plan:write': (on) => objects(on, { write: [...PLAN, 'runs/*/deployments.json'] }),
  lease: (on) => objects(on, { write: LEASE }),
  'lease:announce': (on) => objects(on, { write: LEASE_INDEX }),
  'lease:end': (on) => [
    allow(
      ['s3:DeleteObject'],
      LEASE_INDEX.map((key) => `${on.bucketArn}/${key}`),
    ),
  ],
  'lease:read': (on) => objects(on, { read: LEASE }),
  'artifacts:read': (on) => objects(on, { read: ['runs/*/artifacts/*'] }),
  'weights:read': (on) => objects(on, { read: ['models/*/.staged'] }),
  'rows:read': (on) => objects(on, { read: [...ROWS, ...RECORDS] }),
  'rows:write': (on) => objects(on, { write: ROWS }),
  'records:write': (on) => objects(on, { write: RECORDS }),
  'purchases:read': (on) => objects(on, { read: PURCHASES }),
  'purchases:write': (on) => objects(on, { write: PURCHASES }),
  'results:write': (on) => objects(on, { write: ['results/*'] }),
  'finalized:write': (on) => objects(on, { write: ['runs/*/finalized/*'] }),
  sql: (on) => [
    allow(['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults'], [on.workgroupArn]),
    // Views are tables of Glue.
    allow(
      [
        'glue:GetDatabase',
        'glue:GetTable',
        'glue:GetTables',
        'glue:GetPartitions',
        'glue:CreateTable',
        'glue:UpdateTable',
      ],
      on.glueArns,
    ),
    // AWS's guide to Athena: it asks for that database before every statement, whichever one the statement is about.
    allow(['glue:GetDatabase'], on.defaultDatabaseArns),
    allow(['s3:GetBucketLocation'], [on.bucketArn]),
    ...objects(on, { read: ['results/*'], write: [`${on.athenaPrefix}*`] }),
  ],
  'counted:write': (on) => objects(on, { write: ['runs/*/counted/*'] }),
  'told:write': (on) => objects(on, { write: ['runs/*/told/*'] }),
  'answers:read': (on) => objects(on, { read: ANSWERS }),
  'answers:write': (on) => objects(on, { write: ANSWERS }),
  'report:write': (on) => objects(on, { write: [...REPORT, 'runs/index.html'] }),
  notify: (on) => [
    allow(['sns:Publish'], [on.topicArn]),
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [on.dataKeyArn]),
  ],
};

/** Whether a need is about the bucket: whoever has one is told its name. */
export const isOfBucket = (need: Need, on: GrantTargets): boolean =>
  GRANTS[need](on).some(({ resources }) => resources.some((resource) => resource.startsWith(on.bucketArn)));
