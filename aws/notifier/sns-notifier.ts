import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '#core/ports/notifier.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

/** SNS refuses a longer one, and one with a line break or beyond ASCII. */
const LONGEST_SUBJECT = 100;

/** A topic; run and status are message attributes, so that a subscription can filter by them. */
export const snsNotifier = (client: SNSClient, topicArn: string): Notifier => ({
  publish: async ({ subject, body, run, status }) => {
    await calling({ api: `sns:Publish to ${topicArn}`, terminal: ErrorName.ServiceRefused }, () =>
      client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject
            .replace(/[^ -~]+/g, ' ')
            .trim()
            .slice(0, LONGEST_SUBJECT),
          Message: body,
          MessageAttributes: {
            run: { DataType: 'String', StringValue: run },
            status: { DataType: 'String', StringValue: status },
          },
        }),
      ),
    );
  },
});
