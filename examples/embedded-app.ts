import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { StepBench } from 'stepbench';

const app = new App();
const stack = new Stack(app, 'Team');
const stepBench = new StepBench(stack, 'StepBench', {
  clusterName: 'team-bench',
  network: { natGateways: 1 },
  monthlyBudgetUsd: 500,
  schedules: [
    {
      name: 'nightly',
      expression: 'cron(30 2 * * ? *)',
      timeZone: 'Europe/Zurich',
      matrix: {
        name: 'nightly',
        cluster: { name: 'team-bench' },
        matrix: { instanceType: ['g5.8xlarge', 'g6.8xlarge'], concurrency: [10, 40] },
        defaults: { model: 'openai/gpt-oss-20b', isl: 200, osl: 128 },
        budgetUsd: 15,
      },
    },
  ],
});
// Its parts are there to be built on: alarms here, and beside them whatever else the team watches.
const oncall = new Topic(stack, 'OnCall');
oncall.addSubscription(new EmailSubscription('oncall@example.com'));
for (const alarm of stepBench.guards.alarms)
  alarm.addAlarmAction({ bind: () => ({ alarmActionArn: oncall.topicArn }) });
