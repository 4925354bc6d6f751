import { Aws, CfnOutput, Fn, Names } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Output, type OutputName } from '#core/stack/outputs.ts';
import { VERSION } from '#core/stack/version.ts';
import { problemsOf } from './check-props.ts';
import { ClusterAccess } from './cluster-access.ts';
import { Guards } from './guards.ts';
import { Network } from './network.ts';
import { Notifications } from './notifications.ts';
import { Operations } from './operations.ts';
import type { StepBenchProps } from './props.ts';
import { Results } from './results.ts';
import { Schedules } from './schedules.ts';
import { BenchmarkMachine } from './state-machine.ts';
import { Tasks } from './tasks.ts';
import { acknowledgeWildcards } from './wildcards.ts';

/** The cluster that a matrix means which names none. */
const DEFAULT_CLUSTER = 'stepbench';

/**
 * The whole system, for an app of your own: one per stack, since the command line finds it by the stack's outputs.
 * @throws Error with everything that is wrong with the props.
 */
export class StepBench extends Construct {
  readonly network: Network;
  readonly results: Results;
  readonly clusterAccess: ClusterAccess;
  readonly notifications: Notifications;
  readonly tasks: Tasks;
  readonly machine: BenchmarkMachine;
  readonly schedules: Schedules;
  readonly guards: Guards;
  readonly operations: Operations;

  constructor(scope: Construct, id: string, props: StepBenchProps = {}) {
    super(scope, id);
    const problems = problemsOf(props);
    if (problems.length > 0) throw new Error(`StepBench cannot be built like this:\n- ${problems.join('\n- ')}`);
    const stackName = props.stackName ?? Aws.STACK_NAME;
    const clusterName = props.clusterName ?? DEFAULT_CLUSTER;
    const logRetention: RetentionDays = props.logRetentionDays ?? RetentionDays.ONE_MONTH;
    // Known before it is made: functions ask for executions, and the machine calls functions.
    const stateMachineName = Names.uniqueResourceName(this, { maxLength: 60 });

    this.network = new Network(this, 'Network', { ...props.network, logRetention });
    this.results = new Results(this, 'Results', props.results ?? {});
    this.notifications = new Notifications(this, 'Notifications', {
      key: this.results.key,
      emails: props.emails ?? [],
      monthlyBudgetUsd: props.monthlyBudgetUsd,
    });
    const { network, results } = this;
    const images = props.images ?? {};
    this.clusterAccess = new ClusterAccess(this, 'ClusterAccess', {
      network,
      results,
      images,
    });
    this.tasks = new Tasks(this, 'Tasks', {
      network,
      results,
      clusterAccess: this.clusterAccess,
      topic: this.notifications.topic,
      stackName,
      stateMachineName,
      operators: props.cluster?.operators ?? [],
      foreignClusters: props.cluster?.foreignClusters ?? [],
      publicAccessCidrs: props.cluster?.publicAccessCidrs ?? [],
      huggingFaceSecret: props.cluster?.huggingFaceSecret,
      endpointHeadersSecret: props.cluster?.endpointHeadersSecret,
      images,
      logRetention,
    });
    const { functions } = this.tasks;
    this.machine = new BenchmarkMachine(this, 'Machine', { name: stateMachineName, functions, results, logRetention });
    this.schedules = new Schedules(this, 'Schedules', {
      machine: this.machine,
      schedules: props.schedules ?? [],
    });
    this.guards = new Guards(this, 'Guards', {
      guard: functions.Guard,
      janitor: functions.Janitor,
      machine: this.machine.machine,
      stackName,
      topic: this.notifications.topic,
      scheduleDeadLetters: this.schedules.deadLetters,
    });
    this.operations = new Operations(this, 'Operations', {
      stackName,
      machine: this.machine.machine,
      alarms: this.guards.alarms,
    });
    this.#outputs(clusterName, props.cluster?.foreignClusters ?? []);
    acknowledgeWildcards(this);
  }

  #outputs(clusterName: string, foreignClusters: readonly string[]): void {
    const { machine, network, results, schedules, tasks, notifications } = this;
    const values: Record<OutputName, string | undefined> = {
      [Output.version]: VERSION,
      [Output.stateMachineArn]: machine.aliasArn,
      [Output.resultsBucket]: results.bucket.bucketName,
      [Output.athenaWorkgroup]: results.workgroup,
      [Output.glueDatabase]: results.database,
      [Output.topicArn]: notifications.topic.topicArn,
      [Output.statusFunction]: tasks.functions.Status.alias.functionName,
      [Output.janitorFunction]: tasks.functions.Janitor.alias.functionName,
      [Output.scheduleGroup]: schedules.group,
      [Output.scheduleRoleArn]: schedules.role.roleArn,
      [Output.scheduleDeadLetterArn]: schedules.deadLetters.queueArn,
      [Output.clusterName]: clusterName,
      [Output.availabilityZones]: network.zones === undefined ? undefined : Fn.join(',', network.zones),
      [Output.foreignClusters]: foreignClusters.length === 0 ? undefined : foreignClusters.join(','),
    };
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }
}
