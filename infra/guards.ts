import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  Metric as CloudWatchMetric,
  ComparisonOperator,
  type IMetric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE, Metric, type MetricName, STACK_DIMENSION } from '#core/stack/metrics.ts';
import { deadLetterQueue } from './dead-letters.ts';
import type { BenchmarkFunction } from './function.ts';

export interface GuardsProps {
  guard: BenchmarkFunction;
  janitor: BenchmarkFunction;
  machine: StateMachine;
  stackName: string;
  topic: ITopic;
  /** Of the schedules. */
  scheduleDeadLetters: IQueue;
}

/** How often the janitor looks. Alarms count in the same steps. */
const SWEEP = Duration.minutes(5);

/**
 * What lets go of nodes when the machine that bought them is gone: a rule that follows a failed execution at once, a
 * janitor that needs no event, and alarms for when both are not enough. docs/runbook.md says what each one asks for.
 */
export class Guards extends Construct {
  readonly alarms: Alarm[];

  constructor(scope: Construct, id: string, props: GuardsProps) {
    super(scope, id);
    const deadLetters = deadLetterQueue(this, 'DeadLetters');
    // Of a guard that was called and failed; what could not be called is EventBridge's to put there.
    props.guard.alias.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(deadLetters) });
    props.janitor.alias.configureAsyncInvoke({ retryAttempts: 0 });
    new Rule(this, 'ExecutionFailed', {
      description: 'StepBench: lets go of a run whose execution failed, timed out or was stopped, and tells of it',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [props.machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        new LambdaFunction(props.guard.alias, {
          deadLetterQueue: deadLetters,
          retryAttempts: 10,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
    new Rule(this, 'Sweep', {
      description: 'StepBench: lets go of what nobody looks after any more',
      schedule: Schedule.rate(SWEEP),
      targets: [
        new LambdaFunction(props.janitor.alias, {
          event: RuleTargetInput.fromObject({}),
          // The next one comes in five minutes.
          retryAttempts: 0,
          deadLetterQueue: deadLetters,
        }),
      ],
    });
    const metric = (name: MetricName, statistic: string) => stackMetric(props.stackName, name, statistic, SWEEP);
    const nodes = metric(Metric.nodesPastDeadline, Stats.MAXIMUM);
    this.alarms = [
      // 15 min are more than the 750 s that a pod's grace, WhenEmpty and a drain may take after the deadline.
      this.#alarm('NodePastDeadline', nodes, 3, 'EC2 still has an instance of ours 15 minutes after its deadline.'),
      this.#alarm(
        'FailedReleases',
        metric(Metric.failedReleases, Stats.MAXIMUM),
        2,
        'Nodes of a run cannot be let go of.',
      ),
      ...[
        ['GuardDeadLetters', deadLetters, 'The guard, or the janitor, could not be called.'] as const,
        ['ScheduleDeadLetters', props.scheduleDeadLetters, 'A schedule could not start its benchmark.'] as const,
      ].map(([alarm, queue, description]) =>
        this.#alarm(alarm, queue.metricApproximateNumberOfMessagesVisible({ period: SWEEP }), 1, description),
      ),
      this.#ended('ExecutionsFailed', props.machine.metricFailed({ period: SWEEP }), 'A benchmark ended in an error.'),
      this.#ended('ExecutionsTimedOut', props.machine.metricTimedOut({ period: SWEEP }), 'A benchmark took too long.'),
      this.#ended('ExecutionsAborted', props.machine.metricAborted({ period: SWEEP }), 'A benchmark was stopped.'),
      this.#silence(metric(Metric.nodesPastDeadline, Stats.SAMPLE_COUNT)),
    ];
    for (const alarm of this.alarms) alarm.addAlarmAction(new SnsAction(props.topic));
  }

  /**
   * The guard's message has the reason; the alarm comes when that could not be sent, too. Step Functions writes a value
   * only where there is one: without any it is over, so that the next one is told again.
   */
  #ended(id: string, metric: IMetric, description: string): Alarm {
    return new Alarm(this, id, {
      metric,
      alarmDescription: `StepBench: ${description}`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  #alarm(id: string, metric: IMetric, periods: number, description: string): Alarm {
    return new Alarm(this, id, {
      metric,
      alarmDescription: `StepBench: ${description}`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      // Where nothing is told, JanitorSilent tells that.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  /** The janitor writes its metrics at the end of each sweep: one that is not called, or fails, writes none. */
  #silence(sweeps: IMetric): Alarm {
    return new Alarm(this, 'JanitorSilent', {
      metric: sweeps,
      alarmDescription: 'StepBench: the janitor has not come to the end of a sweep for 15 minutes.',
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}

/** A metric that the functions of the stack write. */
export const stackMetric = (stackName: string, name: MetricName, statistic: string, period: Duration) =>
  new CloudWatchMetric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [STACK_DIMENSION]: stackName },
    statistic,
    period,
  });
