import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { GPU_EXPORTER_IMAGE } from '#core/cluster/gpu-exporter.ts';
import { type ClusterSettings, Variable } from '#core/stack/environment.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { BenchmarkFunction, functionRole } from './function.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, speaksKubernetes } from './functions.ts';
import { GRANTS, type GrantTargets, isOfBucket } from './grants.ts';
import { type ImageProps, imagesOf } from './images.ts';
import type { Network } from './network.ts';
import { ATHENA_PREFIX, type Results } from './results.ts';

export interface TasksProps {
  network: Network;
  results: Results;
  clusterAccess: ClusterAccess;
  topic: ITopic;
  stackName: string;
  stateMachineName: string;
  /** ARNs of roles of people. */
  operators: string[];
  /** Names of clusters of somebody else in which runs may be. */
  foreignClusters: string[];
  publicAccessCidrs: string[];
  huggingFaceSecret: ISecret | string | undefined;
  endpointHeadersSecret: ISecret | string | undefined;
  images: ImageProps;
  logRetention: RetentionDays;
}

/** They make Jobs; the others would only be nearer to the 4 KB that a function's variables may have. */
const RUN_PODS: readonly FunctionName[] = ['StageModel', 'DeployModel', 'CheckModel', 'LaunchJob'];

/** It makes one pod, and has the least room among its variables. */
const RUNS_EXPORTER: FunctionName = 'ProvisionCluster';

/** What each pulls; the others would not have room for what they never run. */
function imagesFor(name: FunctionName, props: ImageProps): Record<string, string> | undefined {
  if (!RUN_PODS.includes(name) && name !== RUNS_EXPORTER) return undefined;
  const pulled = imagesOf(props);
  if (pulled === undefined) return undefined;
  const isIts = (image: string) => (image === GPU_EXPORTER_IMAGE) === (name === RUNS_EXPORTER);
  return Object.fromEntries(Object.entries(pulled).filter(([image]) => isIts(image)));
}

/** A function for every row of the table, with a role that may do what the row needs and nothing else. */
export class Tasks extends Construct {
  readonly functions: Record<FunctionName, BenchmarkFunction>;

  constructor(scope: Construct, id: string, props: TasksProps) {
    super(scope, id);
    const roles = Object.fromEntries(FUNCTION_NAMES.map((name) => [name, functionRole(this, name)])) as Record<
      FunctionName,
      Role
    >;
    const targets = this.#targets(props, roles);
    for (const secret of secretsOf(props)) {
      // A key that the app knows is told, too.
      if (typeof secret !== 'string') secret.encryptionKey?.grantDecrypt(roles.ProvisionCluster);
    }
    for (const name of FUNCTION_NAMES) {
      for (const need of FUNCTIONS[name].needs) for (const one of GRANTS[need](targets)) roles[name].addToPolicy(one);
    }
    this.functions = Object.fromEntries(
      FUNCTION_NAMES.map((name) => [
        name,
        new BenchmarkFunction(this, name, {
          name,
          role: roles[name],
          vpc: props.network.vpc,
          subnets: props.network.subnets,
          securityGroup: props.network.functions,
          logRetention: props.logRetention,
          environment: this.#environment(name, props, roles, targets),
        }),
      ]),
    ) as Record<FunctionName, BenchmarkFunction>;
  }

  /** What its binding reads, and nothing else. */
  #environment(
    name: FunctionName,
    props: TasksProps,
    roles: Record<FunctionName, Role>,
    targets: GrantTargets,
  ): Record<string, string> {
    const { needs } = FUNCTIONS[name];
    const { results, topic } = props;
    // The others have to know their own clusters only.
    const letIn = needs.includes('clusters:create') ? FUNCTION_NAMES.filter(speaksKubernetes) : [];
    const images = imagesFor(name, props.images);
    return {
      POWERTOOLS_SERVICE_NAME: props.stackName,
      ...(needs.some((need) => isOfBucket(need, targets))
        ? { [Variable.resultsBucket]: results.bucket.bucketName }
        : {}),
      ...(needs.includes('sql')
        ? { [Variable.athenaWorkgroup]: results.workgroup, [Variable.glueDatabase]: results.database }
        : {}),
      ...(needs.includes('notify') ? { [Variable.topicArn]: topic.topicArn } : {}),
      ...(needs.includes('clusters:describe')
        ? { [Variable.cluster]: Stack.of(this).toJsonString(clusterSettings(props, roles, letIn)) }
        : {}),
      ...(images === undefined ? {} : { [Variable.images]: Stack.of(this).toJsonString(images) }),
    };
  }

  #targets(props: TasksProps, roles: Record<FunctionName, Role>): GrantTargets {
    const { results, clusterAccess, topic, stackName, stateMachineName } = props;
    const stack = Stack.of(this);
    const arn = (service: string, resource: string, resourceName: string) =>
      stack.formatArn({ service, resource, resourceName });
    const entryOf = (role: string) => arn('eks', 'access-entry', `*/role/${stack.account}/${role}/*`);
    return {
      bucketArn: results.bucket.bucketArn,
      dataKeyArn: results.key.keyArn,
      athenaPrefix: ATHENA_PREFIX,
      workgroupArn: results.workgroupArn(),
      glueArns: [
        stack.formatArn({ service: 'glue', resource: 'catalog' }),
        arn('glue', 'database', results.database),
        arn('glue', 'table', `${results.database}/*`),
      ],
      defaultDatabaseArns: [
        stack.formatArn({ service: 'glue', resource: 'catalog' }),
        arn('glue', 'database', 'default'),
      ],
      topicArn: topic.topicArn,
      executionsArn: stack.formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${stateMachineName}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      clustersArn: arn('eks', 'cluster', '*'),
      foreignClusterArns: props.foreignClusters.map((name) => arn('eks', 'cluster', name)),
      stackName,
      controlPlaneLogsArn: stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: '/aws/eks/*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      clusterRoleArn: clusterAccess.clusterRole.roleArn,
      nodeRoleArn: clusterAccess.nodeRole.roleArn,
      podRoleArns: [clusterAccess.podRole, clusterAccess.stagingRole, clusterAccess.weightsRole].map(
        ({ roleArn }) => roleArn,
      ),
      secretsKeyArn: clusterAccess.secretsKey.keyArn,
      admittedRoleArns: [
        ...FUNCTION_NAMES.filter(speaksKubernetes).map((name) => roles[name].roleArn),
        ...props.operators,
      ],
      ownAccessEntryArn: entryOf(roles.ProvisionCluster.roleName),
      accessEntryArns: [
        ...FUNCTION_NAMES.filter(speaksKubernetes).map((name) => entryOf(roles[name].roleName)),
        ...props.operators.flatMap((role) => entriesOfOperator(role).map((of) => arn('eks', 'access-entry', of))),
      ],
      anyAccessEntryArn: arn('eks', 'access-entry', '*/role/*'),
      podAssociationsArn: arn('eks', 'podidentityassociation', '*/*'),
      foreignAssociationsArns: props.foreignClusters.map((name) => arn('eks', 'podidentityassociation', `${name}/*`)),
      secretArns: secretsOf(props).map(secretPattern),
      secretKeys: { arn: arn('kms', 'key', '*'), service: `secretsmanager.${stack.region}.amazonaws.com` },
    };
  }
}

/** EKS ends the ARN of an entry in an id of its own; whether a role's path is in it, AWS does not say. */
function entriesOfOperator(roleArn: string): string[] {
  const { account, resourceName = '' } = Arn.split(roleArn, ArnFormat.SLASH_RESOURCE_NAME);
  const name = resourceName.slice(resourceName.lastIndexOf('/') + 1);
  return [...new Set([resourceName, name])].map((of) => `*/role/${account}/${of}/*`);
}

const secretsOf = ({ huggingFaceSecret, endpointHeadersSecret }: TasksProps): (ISecret | string)[] =>
  [huggingFaceSecret, endpointHeadersSecret].filter((one) => one !== undefined);

/** Secrets Manager ends the ARN of a secret in six characters of its own, which who knows its name does not know. */
const secretPattern = (secret: ISecret | string): string =>
  typeof secret === 'string' ? secret : (secret.secretFullArn ?? `${secret.secretArn}-??????`);

const secretArn = (secret: ISecret | string): string => (typeof secret === 'string' ? secret : secret.secretArn);

function clusterSettings(
  {
    network,
    clusterAccess,
    stackName,
    operators,
    foreignClusters,
    publicAccessCidrs,
    huggingFaceSecret,
    endpointHeadersSecret,
    logRetention,
  }: TasksProps,
  roles: Record<FunctionName, Role>,
  letIn: readonly FunctionName[],
): ClusterSettings {
  return {
    stackName,
    clusterRoleArn: clusterAccess.clusterRole.roleArn,
    nodeRoleArn: clusterAccess.nodeRole.roleArn,
    podRoleArn: clusterAccess.podRole.roleArn,
    stagingRoleArn: clusterAccess.stagingRole.roleArn,
    weightsRoleArn: clusterAccess.weightsRole.roleArn,
    subnetIds: network.subnets.map(({ subnetId }) => subnetId),
    securityGroupId: clusterAccess.securityGroup.securityGroupId,
    secretsKeyArn: clusterAccess.secretsKey.keyArn,
    publicAccessCidrs,
    logRetentionDays: logRetention,
    operatorRoleArns: operators,
    foreignClusters,
    taskRoleArns: Object.fromEntries(letIn.map((name) => [name, roles[name].roleArn])),
    ...(huggingFaceSecret === undefined ? {} : { huggingFaceSecretArn: secretArn(huggingFaceSecret) }),
    ...(endpointHeadersSecret === undefined ? {} : { endpointHeadersSecretArn: secretArn(endpointHeadersSecret) }),
  };
}
