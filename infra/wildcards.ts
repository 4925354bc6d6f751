import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

interface Excuse {
  /** The part of the ARN behind partition, region and account, or what it is in the bucket; `*` for everything. */
  resource: RegExp;
  /** Who asks for it may ask for nothing else on it. */
  actions: RegExp;
  reason: string;
}

/** Every pattern that stands in a policy of ours, and why there is no name in its place. */
const EXCUSES: readonly Excuse[] = [
  {
    resource: /^<\w+\.Arn>\/(runs|results|models|athena|leases)\/[^*]*\*/,
    actions: /^s3:(GetObject|PutObject|AbortMultipartUpload)$/,
    reason: 'Runs, cells and models get their names after the deployment; the pattern stays in one folder of ours.',
  },
  {
    resource: /^<\w+\.Arn>\/leases\/\*$/,
    actions: /^s3:DeleteObject$/,
    reason: 'Entries of the index of open leases are named after runs; nothing that was measured is there.',
  },
  {
    resource: /^<StepBenchTasks\w+Function\w+\.Arn>:\*$|^<\w+Function\w+\.Arn>:\*$/,
    actions: /^lambda:InvokeFunction$/,
    reason: 'Executions under way call the versions of the function that they began with.',
  },
  {
    resource: /:states:.*:execution:[\w-]+(\/\*)?:\*$/,
    actions: /^states:(DescribeExecution|StopExecution)$/,
    reason: 'Executions, and children of the Distributed Map, of our own state machine.',
  },
  {
    resource: /:eks:.*:(cluster\/\*|podidentityassociation\/\*\/\*)$/,
    actions: /^eks:/,
    reason: 'A matrix names the cluster; what changes one, lets anybody in or ends anything is bound to our tag.',
  },
  {
    resource: /:eks:.*:podidentityassociation\/[\w-]+\/\*$/,
    actions: /^eks:UpdatePodIdentityAssociation$/,
    reason: 'Associations get their ids from EKS; these are of a cluster that the configuration names.',
  },
  {
    resource: /:eks:.*:access-entry\/\*\/role\/<AWS::AccountId>\/<\w+>\/\*$/,
    actions: /^eks:(Describe|Update)AccessEntry$|^eks:(Disa|A)ssociateAccessPolicy$|^eks:ListAssociatedAccessPolicies$/,
    reason: 'Entries of our own functions’ roles, in whichever cluster the matrix names.',
  },
  {
    resource: /:eks:.*:access-entry\/\*\/role\/\*$/,
    actions: /^eks:TagResource$/,
    reason: 'Entries are tagged as they are made, with our tag alone; no right follows from the tag of an entry.',
  },
  {
    resource: /:eks:.*:access-entry\/\*\/role\/\d{12}\/[\w+=,.@/-]+\/\*$/,
    actions: /^eks:(Describe|Update)AccessEntry$/,
    reason: 'Entries of the operators that the configuration names, in whichever cluster the matrix names.',
  },
  {
    resource: /:logs:.*:log-group:\/aws\/eks\/\*$/,
    actions: /^logs:(CreateLogGroup|PutRetentionPolicy)$/,
    reason: 'EKS names the log group of a control plane after the cluster, which the matrix names.',
  },
  {
    resource: /:kms:.*:key\/\*$/,
    actions: /^kms:Decrypt$/,
    reason: 'Bound to Secrets Manager and to the secrets that the configuration names; which key, their owner decides.',
  },
  {
    resource: /:ecr:.*:repository\/[a-z0-9._/-]+\/\*$/,
    actions: /^ecr:(BatchImportUpstreamImage|CreateRepository)$/,
    reason: 'A cache has a repository for each image that came through it, all under the prefix of its rule.',
  },
  {
    resource: /:glue:.*:table\/<\w+>\/\*$/,
    actions: /^glue:/,
    reason: 'Tables and views of our own database.',
  },
  {
    resource: /^\*$/,
    actions:
      /^(ec2:(CreateNetworkInterface|DescribeNetworkInterfaces|DescribeSubnets|DeleteNetworkInterface|AssignPrivateIpAddresses|UnassignPrivateIpAddresses))$/,
    reason: 'Lambda joins functions to the VPC with these, and names no resource beforehand.',
  },
  {
    resource: /^\*$/,
    actions: /^(ec2:DescribeInstances|ec2:DescribeSpotPriceHistory|pricing:GetProducts)$/,
    reason: 'EC2 and the price list know no narrower resource for these; they read only.',
  },
  {
    resource: /^\*$/,
    actions: /^servicequotas:Get(AWSDefault)?ServiceQuota$/,
    reason: 'Which quota is asked for depends on the instance types of the matrix; it is read only.',
  },
  {
    resource: /^\*$/,
    actions: /^iam:CreateServiceLinkedRole$/,
    reason: 'Bound by iam:AWSServiceName to the role that EKS needs once in an account.',
  },
  {
    resource: /^\*$/,
    actions: /^xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)$/,
    reason: 'X-Ray knows no resources.',
  },
  {
    resource: /^\*$/,
    actions:
      /^logs:(CreateLogDelivery|GetLogDelivery|UpdateLogDelivery|DeleteLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
    reason: 'Step Functions delivers its logs with these, which know no resource.',
  },
];

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/**
 * Gives each pattern in the policies below the construct its reason, for whoever runs cdk-nag over the app.
 * @throws Error for a pattern that nobody has given a reason: it is not deployed by mistake.
 */
export function acknowledgeWildcards(construct: IConstruct): void {
  for (const node of construct.node.findAll()) {
    // What does not fit into a role's own policy, the CDK puts into a managed one.
    if (!CfnResource.isCfnResource(node)) continue;
    if (!(node instanceof CfnPolicy || node instanceof CfnManagedPolicy)) continue;
    const { Statement: statements } = Stack.of(node).resolve(node.policyDocument) as { Statement: Statement[] };
    for (const { Action, Resource } of statements) {
      for (const resource of listed(Resource).map(flattened)) {
        if (!resource.includes('*')) continue;
        const actions = listed(Action) as string[];
        Validations.of(node).acknowledge({
          id: `AwsSolutions-IAM5[Resource::${resource}]`,
          reason: reasonOf(node.node.path, actions, resource),
        });
      }
    }
  }
}

function reasonOf(path: string, actions: readonly string[], resource: string): string {
  const reasons = actions.map((action) => {
    const excuse = EXCUSES.find((one) => one.resource.test(resource) && one.actions.test(action));
    if (excuse === undefined) throw new Error(`${path}: ${action} on ${resource} has no reason in infra/wildcards.ts.`);
    return excuse.reason;
  });
  return [...new Set(reasons)].join(' ');
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** As cdk-nag writes what CloudFormation puts together: `<Bucket.Arn>/runs/*`. */
export function flattened(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: ref } = value as Record<string, never>;
  if (join !== undefined) {
    const [separator, parts] = join as [string, unknown[]];
    return parts.map(flattened).join(separator);
  }
  if (attribute !== undefined) return `<${(attribute as string[]).join('.')}>`;
  return ref === undefined ? JSON.stringify(value) : `<${ref}>`;
}
