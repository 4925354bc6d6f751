import { STACK_TAG } from '#core/stack/environment.ts';
import type { Authorization } from './allowed.ts';

// biome-ignore lint/suspicious/noExplicitAny: the input of whichever command it is
type Input = any;

const ACCOUNT = '<AWS::AccountId>';
const eksArn = (resource: string): string => `arn:<AWS::Partition>:eks:<AWS::Region>:${ACCOUNT}:${resource}`;
/** EKS ends the ARNs of entries and associations in an id of its own. */
const ID = '0a1b2c3d';

const clusterArn = (name: string): string => eksArn(`cluster/${name}`);
const associationArn = (cluster: string): string => eksArn(`podidentityassociation/${cluster}/${ID}`);

/** `<Role.Arn>` is the role whose name is `<Role>`. */
function entryArn(cluster: string, principalArn: string): string {
  const [, id] = /^<(\w+)\.Arn>$/.exec(principalArn) ?? [];
  const [, account, path] = /:iam::(\d+):role\/(.+)$/.exec(principalArn) ?? [];
  return eksArn(`access-entry/${cluster}/role/${id === undefined ? `${account}/${path}` : `${ACCOUNT}/<${id}>`}/${ID}`);
}

/** The keys `aws:RequestTag/...` or `aws:ResourceTag/...` of tags. */
const tagKeys = (kind: 'RequestTag' | 'ResourceTag', tags: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${kind}/${key}`, value]));

const tagging = (resource: string, tags: Record<string, string> | undefined): Authorization[] =>
  tags === undefined || Object.keys(tags).length === 0
    ? []
    : [{ action: 'eks:TagResource', resource, context: tagKeys('RequestTag', tags) }];

const passing = (role: string, service: string): Authorization => ({
  action: 'iam:PassRole',
  resource: role,
  context: { 'iam:PassedToService': service },
});

/**
 * What IAM is asked for a command of EKS: the action itself, the tags that come with what is made, and the roles that
 * are handed over. After the Service Authorization Reference of Amazon EKS, "Actions" and "Resource types".
 * @param ofCluster the tags that the cluster has.
 */
export function eksAuthorizations(command: string, input: Input, ofCluster: Record<string, string>): Authorization[] {
  const action = `eks:${command.replace(/Command$/, '')}`;
  const cluster = input.clusterName ?? input.name;
  const ofIt = tagKeys('ResourceTag', ofCluster);
  const requested = tagKeys('RequestTag', input.tags);
  switch (command) {
    case 'CreateClusterCommand':
      return [
        { action, resource: clusterArn(cluster), context: requested },
        ...tagging(clusterArn(cluster), input.tags),
        passing(input.roleArn, 'eks.amazonaws.com'),
        // AWS does not say which of the two it is.
        passing(input.computeConfig.nodeRoleArn, 'eks.amazonaws.com'),
        passing(input.computeConfig.nodeRoleArn, 'ec2.amazonaws.com'),
        ...input.encryptionConfig.map(({ provider }: Input) => ({
          action: 'kms:CreateGrant',
          resource: provider.keyArn,
        })),
        {
          action: 'iam:CreateServiceLinkedRole',
          resource: '*',
          context: { 'iam:AWSServiceName': 'eks.amazonaws.com' },
        },
      ];
    case 'DescribeClusterCommand':
    case 'DeleteClusterCommand':
    case 'UpdateClusterConfigCommand':
    case 'ListPodIdentityAssociationsCommand':
      return [{ action, resource: clusterArn(cluster), context: ofIt }];
    case 'CreateAccessEntryCommand':
      return [
        {
          action,
          resource: clusterArn(cluster),
          context: { ...ofIt, ...requested, 'eks:principalArn': input.principalArn },
        },
        ...tagging(entryArn(cluster, input.principalArn), input.tags),
      ];
    case 'DescribeAccessEntryCommand':
    case 'UpdateAccessEntryCommand':
    case 'DeleteAccessEntryCommand':
    case 'AssociateAccessPolicyCommand':
    case 'DisassociateAccessPolicyCommand':
    case 'ListAssociatedAccessPoliciesCommand':
      return [
        {
          action,
          resource: entryArn(cluster, input.principalArn),
          context: {
            'eks:clusterName': cluster,
            'eks:principalArn': input.principalArn,
            ...(input.policyArn === undefined ? {} : { 'eks:policyArn': input.policyArn }),
          },
        },
      ];
    case 'CreatePodIdentityAssociationCommand':
      return [
        { action, resource: clusterArn(cluster), context: { ...ofIt, ...requested } },
        ...tagging(associationArn(cluster), input.tags),
        passing(input.roleArn, 'pods.eks.amazonaws.com'),
        { action: 'iam:GetRole', resource: input.roleArn },
      ];
    case 'DescribePodIdentityAssociationCommand':
      return [{ action, resource: associationArn(cluster) }];
    case 'UpdatePodIdentityAssociationCommand':
      return [
        // What was made here has our tag; what somebody else made in a cluster of theirs may have none.
        { action, resource: associationArn(cluster), context: ofIt },
        passing(input.roleArn, 'pods.eks.amazonaws.com'),
        { action: 'iam:GetRole', resource: input.roleArn },
      ];
    default:
      throw new Error(`What IAM is asked for ${command} is not written here.`);
  }
}

/** The tags of a cluster of this stack. */
export const ourTags = (stackName: string): Record<string, string> => ({ [STACK_TAG]: stackName });
