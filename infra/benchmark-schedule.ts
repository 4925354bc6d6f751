import { Duration, Stack } from 'aws-cdk-lib';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { scheduledInput } from '#core/stack/schedule.ts';

export interface BenchmarkScheduleProps {
  /** Up to 18 of a-z, 0-9 and -: the ids of its runs begin with it. */
  name: string;
  /** When: cron(30 2 * * ? *), rate(7 days) or at(2027-01-31T02:30:00). */
  expression: string;
  /**
   * IANA name of the time zone of the expression.
   * @default 'UTC'
   */
  timeZone?: string;
  /** What is measured, as in matrix.schema.json. Checked before anything is deployed. */
  matrix: unknown;
  /**
   * Deliveries after the first one, where Step Functions cannot be reached. Harmless however often it is delivered.
   * @default 5
   */
  retryAttempts?: number;
  /**
   * For so many minutes; after that the occasion is a dead letter, and an alarm.
   * @default 60
   */
  retryForMinutes?: number;
  /**
   * Whether it fires.
   * @default true
   */
  enabled?: boolean;
}

/** What all schedules of a stack share. */
export interface ScheduleTarget {
  group: string;
  roleArn: string;
  deadLetterArn: string;
  /** Of the state machine's alias. */
  stateMachineArn: string;
}

const DEFAULT_RETRIES = 5;
const DEFAULT_RETRY_MINUTES = 60;

/** A benchmark that is run again and again; an occasion is left out while the one before is still measured. */
export class BenchmarkSchedule extends Construct {
  constructor(scope: Construct, id: string, props: BenchmarkScheduleProps & { target: ScheduleTarget }) {
    super(scope, id);
    const { name, expression, matrix, target } = props;
    new CfnSchedule(this, 'Schedule', {
      name,
      groupName: target.group,
      description: `StepBench: ${name}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: props.timeZone ?? 'UTC',
      state: (props.enabled ?? true) ? 'ENABLED' : 'DISABLED',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.stateMachineArn,
        roleArn: target.roleArn,
        input: Stack.of(this).toJsonString(scheduledInput(name, matrix)),
        retryPolicy: {
          maximumRetryAttempts: props.retryAttempts ?? DEFAULT_RETRIES,
          maximumEventAgeInSeconds: Duration.minutes(props.retryForMinutes ?? DEFAULT_RETRY_MINUTES).toSeconds(),
        },
        deadLetterConfig: { arn: target.deadLetterArn },
      },
    });
  }
}
