import { FUNCTION_NAMES, FUNCTIONS } from '#infra/functions.ts';
import { GRANTS, type GrantTargets } from '#infra/grants.ts';
import { code, codes, table } from './markdown.ts';

/** What the ARNs of a deployed stack stand for. */
const TARGETS: GrantTargets = {
  bucketArn: 'bucket',
  dataKeyArn: 'data key',
  athenaPrefix: 'athena/',
  workgroupArn: 'workgroup',
  glueArns: ['catalog', 'database', 'tables of the database'],
  defaultDatabaseArns: ['catalog', 'database `default`'],
  topicArn: 'topic',
  executionsArn: 'executions of the machine',
  clustersArn: 'any cluster',
  foreignClusterArns: ['clusters named in cluster.foreignClusters'],
  stackName: 'STACK',
  controlPlaneLogsArn: 'log groups /aws/eks/*',
  clusterRoleArn: 'cluster role',
  nodeRoleArn: 'node role',
  podRoleArns: ['pod role', 'staging role', 'weights role'],
  secretsKeyArn: 'secrets key',
  admittedRoleArns: ['roles of functions that speak Kubernetes', 'operators'],
  ownAccessEntryArn: 'access entry of ProvisionCluster',
  accessEntryArns: ['access entries of functions that speak Kubernetes and of operators'],
  anyAccessEntryArn: 'any access entry of a role',
  podAssociationsArn: 'any Pod Identity association',
  foreignAssociationsArns: ['associations in those clusters'],
  secretArns: ['secrets given as props'],
  secretKeys: { arn: 'any key of the account', service: 'Secrets Manager' },
};

interface Statement {
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const listed = (one: string | string[]): string[] => (Array.isArray(one) ? one : [one]);

const conditions = (condition: Statement['Condition'] = {}): string =>
  Object.values(condition)
    .flatMap((of) => Object.entries(of).map(([key, value]) => `${code(key)} is ${listed(value).join(' or ')}`))
    .join('; ');

/** These come with every need that is about objects: docs/security.md says so in words. */
const isOfEveryNeed = ({ Action, Resource }: Statement): boolean =>
  listed(Action).every((action) => action === 's3:ListBucket' || action.startsWith('kms:')) &&
  listed(Resource).every((one) => one === TARGETS.bucketArn || one === TARGETS.dataKeyArn);

/** What every need of a task is in IAM, and which functions have it: from the tables that the stack is made from. */
export function grantsTable(): string {
  const rows = Object.entries(GRANTS).flatMap(([need, grant]) => {
    const who = FUNCTION_NAMES.filter((name) => (FUNCTIONS[name].needs as readonly string[]).includes(need));
    const statements = grant(TARGETS).map((one) => one.toStatementJson() as Statement);
    return statements
      .filter((one) => !isOfEveryNeed(one))
      .map(({ Action, Resource, Condition }, index) => [
        ...(index === 0 ? [code(need), who.join(', ')] : ['', '']),
        codes(listed(Action)),
        codes(listed(Resource)),
        conditions(Condition),
      ]);
  });
  return table(['need', 'functions', 'actions', 'on', 'only if'], rows);
}
