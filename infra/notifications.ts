import { Aws, Names } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface NotificationsProps {
  key: Key;
  emails: readonly string[];
  monthlyBudgetUsd: number | undefined;
}

const EARLY_PER_CENT = 80;

/** Where the ends of runs and alarms are told; and, if asked for, that money is running out. */
export class Notifications extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { key, emails, monthlyBudgetUsd }: NotificationsProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'StepBench', masterKey: key, enforceSSL: true });
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    this.#let(key, 'cloudwatch.amazonaws.com');
    if (monthlyBudgetUsd === undefined) return;
    this.#let(key, 'budgets.amazonaws.com');
    this.#budget(monthlyBudgetUsd);
  }

  /** Services of this account only: they publish by themselves, to a topic whose key they must use. */
  #let(key: Key, service: string): void {
    const principals = [new ServicePrincipal(service)];
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    key.addToResourcePolicy(
      new PolicyStatement({
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions,
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({ principals, actions: ['sns:Publish'], resources: [this.topic.topicArn], conditions }),
    );
  }

  #budget(amount: number): void {
    const subscribers = [{ subscriptionType: 'SNS', address: this.topic.topicArn }];
    const above = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers,
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: Names.uniqueResourceName(this, { maxLength: 100 }),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount, unit: 'USD' },
      },
      notificationsWithSubscribers: [above('ACTUAL', EARLY_PER_CENT), above('FORECASTED', 100)],
    }).node.addDependency(this.topic);
  }
}
