import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, speaksKubernetes } from '#infra/functions.ts';
import { GRANTS, type GrantTargets } from '#infra/grants.ts';
import { resourcesOf, synthesize } from './support/synthesize.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

const stack = synthesize();
const list = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

const functionOf = (name: FunctionName) =>
  resourcesOf(stack, 'AWS::Lambda::Function').filter(({ id }) => id.startsWith(`StepBenchTasks${name}Function`));

/** Statements on the role that the function of this name really runs as. */
function statementsOf(name: FunctionName): Statement[] {
  const role = functionOf(name)[0]?.Properties.Role['Fn::GetAtt'][0] as string;
  return resourcesOf(stack, 'AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

const actionsOf = (statements: readonly Statement[]): string[] =>
  [...new Set(statements.flatMap(({ Action }) => list(Action)))].sort();

/** Any value will do: what is asked of the table here is which actions it names. */
const TARGETS: GrantTargets = {
  bucketArn: 'b',
  dataKeyArn: 'k',
  athenaPrefix: 'athena/',
  workgroupArn: 'w',
  glueArns: ['g'],
  defaultDatabaseArns: ['d'],
  topicArn: 't',
  executionsArn: 'e',
  clustersArn: 'c',
  foreignClusterArns: [],
  stackName: 's',
  controlPlaneLogsArn: 'l',
  clusterRoleArn: 'r1',
  nodeRoleArn: 'r2',
  podRoleArns: ['r3'],
  secretsKeyArn: 'k2',
  admittedRoleArns: ['r4'],
  ownAccessEntryArn: 'a',
  accessEntryArns: ['a'],
  anyAccessEntryArn: 'a',
  podAssociationsArn: 'p',
  foreignAssociationsArns: [],
  secretArns: [],
  secretKeys: { arn: 'k3', service: 's' },
};

/** What every function has: its log, its traces; those in the VPC their network interfaces. */
const OF_ALL = /^(logs:(CreateLogStream|PutLogEvents)|xray:Put\w+)$/;
/** Of those that events call and nobody waits for: what could not be done is kept. */
const DEAD_LETTERS = /^sqs:(GetQueueAttributes|GetQueueUrl|SendMessage)$/;
const CALLED_BY_EVENTS: readonly FunctionName[] = ['Guard', 'Janitor'];
const OF_THE_VPC = /^ec2:\w*NetworkInterface\w*$|^ec2:(Assign|Unassign)PrivateIpAddresses$|^ec2:DescribeSubnets$/;

describe('grants', () => {
  it.each(FUNCTION_NAMES)('%s may do what its needs say, and nothing else', (name) => {
    expect(functionOf(name)).toHaveLength(1);
    const wanted = FUNCTIONS[name].needs.flatMap((need) => GRANTS[need](TARGETS).flatMap(({ actions }) => actions));
    const has = actionsOf(statementsOf(name)).filter(
      (action) =>
        !OF_ALL.test(action) &&
        !(speaksKubernetes(name) && OF_THE_VPC.test(action)) &&
        !(CALLED_BY_EVENTS.includes(name) && DEAD_LETTERS.test(action)),
    );
    expect(has).toEqual([...new Set(wanted)].sort());
  });

  it('no action is a pattern, and none but those that know no resource is allowed on everything', () => {
    const all = resourcesOf(stack, 'AWS::IAM::Policy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
    );
    const allowed = all.filter(({ Effect }) => Effect === 'Allow');
    expect(actionsOf(allowed).filter((action) => action.includes('*'))).toEqual([]);
    const everywhere = allowed.filter(({ Resource }) => list(Resource).includes('*'));
    expect(actionsOf(everywhere).filter((action) => !OF_THE_VPC.test(action))).toEqual([
      // None of them knows resources: they list, read public prices, or deliver logs and traces.
      'ec2:DescribeInstances',
      'ec2:DescribeSpotPriceHistory',
      // Restricted to EKS's own by its condition.
      'iam:CreateServiceLinkedRole',
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'pricing:GetProducts',
      'servicequotas:GetAWSDefaultServiceQuota',
      'servicequotas:GetServiceQuota',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('passes a role to EKS alone', () => {
    const passes = FUNCTION_NAMES.flatMap((name) => statementsOf(name)).filter(({ Action }) =>
      list(Action).includes('iam:PassRole'),
    );
    expect(passes.length).toBeGreaterThan(0);
    for (const { Condition, Resource } of passes) {
      // EC2 takes the role of nodes.
      expect(JSON.stringify(Condition)).toMatch(
        /"iam:PassedToService":("(pods\.)?eks\.amazonaws\.com"|\["eks\.amazonaws\.com","ec2\.amazonaws\.com"\])/,
      );
      expect(list(Resource)).not.toContain('*');
    }
  });
});
