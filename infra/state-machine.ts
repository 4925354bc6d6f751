import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import type { BenchmarkFunction } from './function.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import type { Results } from './results.ts';

const DEFINITION_FILE = join(PACKAGE_ROOT, 'statemachines', 'benchmark.asl.json');

/** Their policies for delivering logs stay small that way, however many there are. */
const VENDED_LOGS = '/aws/vendedlogs/states/';
const ALIAS = 'live';

export interface BenchmarkMachineProps {
  name: string;
  functions: Record<TaskName, BenchmarkFunction>;
  results: Results;
  logRetention: RetentionDays;
}

/**
 * The committed definition, as it is: the same that runs on a laptop. It calls versions of functions, so that its
 * own version pins them with it, and an alias all together.
 */
export class BenchmarkMachine extends Construct {
  readonly machine: StateMachine;
  /** What executions are started on. */
  readonly aliasArn: string;
  /** Lets somebody start executions on the alias, and on nothing else of the machine. */
  readonly mayStart: PolicyStatement;

  constructor(scope: Construct, id: string, { name, functions, results, logRetention }: BenchmarkMachineProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'StepBench state machine',
    });
    for (const statement of grants(this, { name, functions, results })) role.addToPolicy(statement);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      comment: 'StepBench benchmark',
      definitionBody: DefinitionBody.fromString(readFileSync(DEFINITION_FILE, 'utf8')),
      definitionSubstitutions: {
        ...Object.fromEntries(TASK_NAMES.map((task) => [task, functions[task].version.functionArn])),
        ResultsBucket: results.bucket.bucketName,
        Partition: Aws.PARTITION,
      },
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `${VENDED_LOGS}${name}`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // A matrix may hold what is nobody else's to read; the history has it for those who may.
        includeExecutionData: false,
      },
    });
    this.aliasArn = this.#alias();
    this.mayStart = new PolicyStatement({
      actions: ['states:StartExecution'],
      // Step Functions authorizes by the ARN of the machine, whichever alias or version is named, and tells that apart.
      resources: [this.machine.stateMachineArn],
      conditions: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': [ALIAS] } },
    });
  }

  #alias(): string {
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      // Another definition is another revision, and so another version.
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    // Executions that began with it go on by it.
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnStateMachineAlias(this, 'Live', {
      name: ALIAS,
      routingConfiguration: [{ stateMachineVersionArn: version.ref, weight: 100 }],
    });
    return alias.ref;
  }
}

/** Every version of its functions, since executions under way call older ones; and what a Distributed Map does. */
function grants(
  scope: Construct,
  { name, functions, results }: Pick<BenchmarkMachineProps, 'name' | 'functions' | 'results'>,
): PolicyStatement[] {
  const stack = Stack.of(scope);
  const states = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: TASK_NAMES.map((task) => `${functions[task].lambda.functionArn}:*`),
    }),
    new PolicyStatement({ actions: ['states:StartExecution'], resources: [states('stateMachine', name)] }),
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      // Children are executions of `NAME/Deployments`.
      resources: [states('execution', `${name}/*:*`)],
    }),
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [results.bucket.arnForObjects('runs/*/deployments.json')],
    }),
    new PolicyStatement({ actions: ['kms:Decrypt'], resources: [results.key.keyArn] }),
  ];
}
