import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Metric, type MetricName } from '#core/stack/metrics.ts';
import { stackMetric } from './guards.ts';

export interface OperationsProps {
  stackName: string;
  machine: StateMachine;
  alarms: Alarm[];
}

const HALF = 12;
const FULL = 24;

/** What runs did and cost, and whether anything is left over: one page. */
export class Operations extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { stackName, machine, alarms }: OperationsProps) {
    super(scope, id);
    const sum = (name: MetricName, label: string) =>
      stackMetric(stackName, name, Stats.SUM, Duration.days(1)).with({ label });
    const now = (name: MetricName, label: string) =>
      stackMetric(stackName, name, Stats.MAXIMUM, Duration.minutes(5)).with({ label });
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(30) });
    this.dashboard.addWidgets(
      new SingleValueWidget({
        title: 'A day’s',
        width: FULL,
        sparkline: true,
        metrics: [
          sum(Metric.runsEnded, 'Runs'),
          sum(Metric.runsFailed, 'Runs without a valid cell'),
          sum(Metric.cellsMeasured, 'Cells measured'),
          sum(Metric.gpuHours, 'GPU hours'),
          sum(Metric.dollars, 'US dollars'),
        ],
      }),
    );
    this.dashboard.addWidgets(
      new GraphWidget({
        title: 'Executions',
        width: HALF,
        left: [
          machine.metricStarted({ label: 'started' }),
          machine.metricSucceeded({ label: 'succeeded' }),
          machine.metricFailed({ label: 'failed' }),
          machine.metricAborted({ label: 'stopped' }),
          machine.metricTimedOut({ label: 'timed out' }),
        ],
      }),
      new GraphWidget({
        title: 'Left over',
        width: HALF,
        left: [
          now(Metric.nodesPastDeadline, 'nodes past their deadline'),
          now(Metric.failedReleases, 'releases that fail'),
        ],
      }),
    );
    this.dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', width: FULL, alarms }));
  }
}
