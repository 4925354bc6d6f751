import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { BenchmarkSchedule, type BenchmarkScheduleProps } from './benchmark-schedule.ts';
import { deadLetterQueue } from './dead-letters.ts';
import type { BenchmarkMachine } from './state-machine.ts';

export interface SchedulesProps {
  machine: Pick<BenchmarkMachine, 'aliasArn' | 'mayStart'>;
  schedules: readonly BenchmarkScheduleProps[];
}

/** Benchmarks by the clock: those of the stack, and those that are made in its group later. */
export class Schedules extends Construct {
  readonly group: string;
  readonly role: Role;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { machine, schedules }: SchedulesProps) {
    super(scope, id);
    const name = Names.uniqueResourceName(this, { maxLength: 64 });
    this.group = new CfnScheduleGroup(this, 'Group', { name }).ref;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    const stack = Stack.of(this);
    const groupArn = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: name,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      description: 'StepBench schedules: start a benchmark',
      // Nobody else’s schedules may borrow it.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': groupArn } },
      }),
    });
    this.role.addToPolicy(machine.mayStart);
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
    );
    for (const schedule of schedules) {
      const one = new BenchmarkSchedule(this, schedule.name, {
        ...schedule,
        target: {
          group: this.group,
          roleArn: this.role.roleArn,
          deadLetterArn: this.deadLetters.queueArn,
          stateMachineArn: machine.aliasArn,
        },
      });
      one.node.addDependency(this.role);
    }
  }
}
