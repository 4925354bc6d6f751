import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, speaksKubernetes } from '#infra/functions.ts';
import { flattened } from '#infra/wildcards.ts';
import { type Resource, synthesize } from './support/synthesize.ts';

/**
 * Every statement of the template that holds only under a condition, whoever's policy it stands in. A condition that is
 * dropped, loosened or added is another row: what a role may do under it was decided once, and is changed here too.
 */
const stack = synthesize({ monthlyBudgetUsd: 5 });

type Conditions = Record<string, Record<string, unknown>>;

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Condition?: Conditions;
}

const listed = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

/** As people name it: without the construct that all is in, and the hashes of logical ids. */
const named = (text: string): string => text.replaceAll(/StepBench(\w+?)[0-9A-F]{8}(?=[.>]|$)/g, '$1');

function* statementsIn(value: unknown): Generator<Statement> {
  if (typeof value !== 'object' || value === null) return;
  if ('Effect' in value) yield value as Statement;
  else for (const part of Object.values(value)) yield* statementsIn(part);
}

const stated = (conditions: Conditions): string[] =>
  Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(
      ([key, values]) =>
        `${operator} ${key}: ${listed(values)
          .map((one) => named(flattened(typeof one === 'number' ? String(one) : one)))
          .join(', ')}`,
    ),
  );

/** Whose policy it is: a role by its policy, a queue, topic, bucket or key by its own. */
const ownerOf = (id: string): string =>
  named(id)
    .replace(/(Role)?DefaultPolicy$/, '')
    .replace(/Policy$/, '');

/** `owner Effect action on resource` -> conditions. */
function conditioned(resources: Record<string, Resource>): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [id, { Properties }] of Object.entries(resources)) {
    for (const { Effect, Action, Resource, Condition } of statementsIn(Properties)) {
      if (Condition === undefined) continue;
      for (const action of listed(Action)) {
        const on =
          Resource === undefined
            ? ''
            : ` on ${listed(Resource)
                .map((one) => place(named(flattened(one))))
                .join(', ')}`;
        const key = `${ownerOf(id)} ${Effect === 'Allow' ? 'may' : 'never'} ${action}${on}`;
        found[key] = [...(found[key] === undefined ? [] : [...found[key], 'or']), ...stated(Condition)];
      }
    }
  }
  return found;
}

/** Of an ARN what is behind region and account. */
const place = (arn: string): string => arn.replace(/^arn:<AWS::Partition>:\w+:<AWS::Region>:<AWS::AccountId>:/, '');

const OUR_TAG = 'StringEquals aws:ResourceTag/stepbench:stack: <AWS::StackName>';
const OUR_REQUEST = 'StringEquals aws:RequestTag/stepbench:stack: <AWS::StackName>';
const OUR_ACCOUNT = 'StringEquals aws:SourceAccount: <AWS::AccountId>';
const NO_TLS = 'Bool aws:SecureTransport: false';
const BUCKET = '<ResultsBucket.Arn>, <ResultsBucket.Arn>/*';
const LET_IN = FUNCTION_NAMES.filter(speaksKubernetes).map((name) => `<Tasks${name}Role.Arn>`);

const EXPECTED: Record<string, string[]> = {
  // What is made is marked as ours, and what changes or ends anything is bound to that mark.
  'TasksProvisionCluster may eks:CreateCluster on cluster/*': [OUR_REQUEST],
  'TasksProvisionCluster may eks:TagResource on access-entry/*/role/*, cluster/*, podidentityassociation/*/*': [
    OUR_REQUEST,
    'StringEqualsIfExists aws:ResourceTag/stepbench:stack: <AWS::StackName>',
  ],
  'TasksReleaseRun may eks:DeleteCluster on cluster/*': [OUR_TAG],
  'TasksGuard may eks:DeleteCluster on cluster/*': [OUR_TAG],
  'TasksJanitor may eks:DeleteCluster on cluster/*': [OUR_TAG],
  'TasksJanitor may eks:UpdateClusterConfig on cluster/*': [OUR_TAG],
  // Whoever writes access entries is an administrator: only of our functions, and in clusters of ours.
  'TasksProvisionCluster may eks:CreateAccessEntry on cluster/*': [
    OUR_TAG,
    `ArnEquals eks:principalArn: ${LET_IN.join(', ')}`,
  ],
  'TasksProvisionCluster may eks:CreatePodIdentityAssociation on cluster/*': [OUR_TAG],
  'TasksProvisionCluster may eks:UpdatePodIdentityAssociation on podidentityassociation/*/*': [OUR_TAG],
  // A role goes to the service that it is for, and to no other.
  'TasksProvisionCluster may iam:PassRole on <ClusterAccessClusterRole.Arn>': [
    'StringEquals iam:PassedToService: eks.amazonaws.com',
  ],
  'TasksProvisionCluster may iam:PassRole on <ClusterAccessNodeRole.Arn>': [
    'StringEquals iam:PassedToService: eks.amazonaws.com, ec2.amazonaws.com',
  ],
  'TasksProvisionCluster may iam:PassRole on <ClusterAccessPodRole.Arn>, <ClusterAccessStagingRole.Arn>, <ClusterAccessWeightsRole.Arn>':
    ['StringEquals iam:PassedToService: pods.eks.amazonaws.com'],
  'TasksProvisionCluster may iam:CreateServiceLinkedRole on *': ['StringEquals iam:AWSServiceName: eks.amazonaws.com'],
  // Each role of pods goes to the pods of one service account in our namespace, whoever associates it with others.
  ...Object.fromEntries(
    [
      ['Pod', 'stepbench-artifacts'],
      ['Staging', 'stepbench-staging'],
      ['Weights', 'stepbench-weights'],
    ].flatMap(([role, account]) =>
      ['sts:AssumeRole', 'sts:TagSession'].map((action) => [
        `ClusterAccess${role}Role may ${action}`,
        [
          'StringEquals aws:RequestTag/kubernetes-namespace: stepbench',
          `StringEquals aws:RequestTag/kubernetes-service-account: ${account}`,
        ],
      ]),
    ),
  ),
  // Pods see which weights there are, and nothing of what was measured.
  'ClusterAccessPod may s3:ListBucket on <ResultsBucket.Arn>': ['StringLike s3:prefix: models/*'],
  'ClusterAccessWeights may s3:ListBucket on <ResultsBucket.Arn>': ['StringLike s3:prefix: models/*'],
  // Schedules start the machine by its alias, and lend their role to no schedule of another group or account.
  'SchedulesRole may sts:AssumeRole': [
    OUR_ACCOUNT,
    'StringEquals aws:SourceArn: arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/Schedules',
  ],
  'Schedules may states:StartExecution on <Machine>': ['ForAnyValue:StringEquals states:StateMachineQualifier: live'],
  // What services do by themselves they do for this account.
  'ResultsKey may kms:Decrypt on *': [OUR_ACCOUNT],
  'ResultsKey may kms:GenerateDataKey* on *': [OUR_ACCOUNT],
  'NotificationsTopic may sns:Publish on <NotificationsTopic>': [OUR_ACCOUNT],
  'GuardsDeadLetters may sqs:SendMessage on <GuardsDeadLetters.Arn>': [
    'ArnEquals aws:SourceArn: <GuardsExecutionFailed.Arn>',
    'or',
    'ArnEquals aws:SourceArn: <GuardsSweep.Arn>',
  ],
  // Nothing goes in or out in clear.
  [`ResultsBucket never s3:* on ${BUCKET}`]: [NO_TLS, 'or', 'NumericLessThan s3:TlsVersion: 1.2'],
  'NotificationsTopic never sns:Publish on <NotificationsTopic>': [NO_TLS],
  'SchedulesDeadLetters never sqs:* on <SchedulesDeadLetters.Arn>': [NO_TLS],
  'GuardsDeadLetters never sqs:* on <GuardsDeadLetters.Arn>': [NO_TLS],
};

describe('what holds under a condition', () => {
  const found = conditioned(stack.resources);

  it.each(Object.entries(EXPECTED))('%s', (key, conditions) => {
    expect(found[key]).toEqual(conditions);
  });

  it('is nothing else', () => {
    expect(Object.keys(found).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it('is not allowed to the same role without the condition by another statement', () => {
    for (const [id, { Type, Properties }] of Object.entries(stack.resources)) {
      if (Type !== 'AWS::IAM::Policy') continue;
      const statements = [...statementsIn(Properties)];
      const bound = statements
        .filter(({ Condition }) => Condition !== undefined)
        .flatMap(({ Action }) => listed(Action));
      const free = statements
        .filter(({ Condition }) => Condition === undefined)
        .flatMap(({ Action }) => listed(Action));
      expect([id, free.filter((action) => bound.includes(action))]).toEqual([id, []]);
    }
  });
});
