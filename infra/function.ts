import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
  type Version,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionCode } from './function-code.ts';
import { FUNCTIONS, type FunctionName, speaksKubernetes } from './functions.ts';

export interface BenchmarkFunctionProps {
  name: FunctionName;
  role: Role;
  /** Where Kubernetes is spoken; the other functions stay outside of the VPC, where they start sooner. */
  vpc: IVpc;
  subnets: ISubnet[];
  securityGroup: ISecurityGroup;
  environment: Record<string, string>;
  logRetention: RetentionDays;
}

/** The managed runtimes that there are say nothing of patches: this is the newest. */
const RUNTIME = Runtime.NODEJS_24_X;

/** A function of the table, published as a version: what the state machine calls is pinned with its definition. */
export class BenchmarkFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly version: Version;
  readonly alias: Alias;

  constructor(scope: Construct, id: string, props: BenchmarkFunctionProps) {
    super(scope, id);
    const { timeoutSeconds, memoryMb, description } = FUNCTIONS[props.name];
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    props.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    if (speaksKubernetes(props.name)) joinVpc(props.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      code: functionCode(this, props.name),
      handler: 'index.handler',
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      description: `StepBench ${props.name}: ${description}`,
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMb,
      role: props.role,
      environment: props.environment,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      ...(speaksKubernetes(props.name)
        ? {
            vpc: props.vpc,
            vpcSubnets: { subnets: props.subnets },
            securityGroups: [props.securityGroup],
          }
        : {}),
      // An execution that is under way calls the versions that it began with.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    this.version = this.lambda.currentVersion;
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: this.version });
  }
}

/** A role of its own for each function: no two of them may do the same. */
export const functionRole = (scope: Construct, name: FunctionName): Role =>
  new Role(scope, `${name}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `StepBench function ${name}`,
  });

/** Lambda's own work for a function in a VPC; EC2 knows no narrower resource for it. */
function joinVpc(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
}
