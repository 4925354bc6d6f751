import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snsNotifier } from '#aws/notifier/sns-notifier.ts';
import { clientOf } from '../moto/client-config.ts';
import { type Stub, StubError, startStub } from '../stub/service.ts';

const TOPIC = 'arn:aws:sns:us-east-1:111122223333:bench';

/** SNS's query API: it refuses a subject that is too long or not plain, as SNS does. */
const startSns = (published: URLSearchParams[]): Promise<Stub> => {
  const xml = (body: string, status = 200) => ({ status, headers: { 'content-type': 'text/xml' }, body });
  return startStub({
    signingName: 'sns',
    answer: ({ body }) => {
      const input = new URLSearchParams(body);
      if (input.get('Action') !== 'Publish') throw new StubError('InvalidAction', `${input.get('Action')}`);
      if (input.get('TopicArn') !== TOPIC) throw new StubError('NotFound', 'Topic does not exist', 404);
      if (!/^[!-~][ -~]{0,99}$/.test(input.get('Subject') ?? '')) throw new StubError('InvalidParameter', 'Subject');
      published.push(input);
      const result = '<PublishResult><MessageId>1</MessageId></PublishResult>';
      return xml(`<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}</PublishResponse>`);
    },
    refuse: ({ code, message, status }) =>
      xml(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
        status,
      ),
  });
};

describe('notifications by SNS', () => {
  const published: URLSearchParams[] = [];
  let stub: Stub;
  let client: SNSClient;
  beforeEach(async () => {
    published.length = 0;
    stub = await startSns(published);
    client = new SNSClient(clientOf(stub.url));
  });
  afterEach(() => stub.close());

  it('carry their text, and run and status to filter by', async () => {
    await snsNotifier(client, TOPIC).publish({ subject: 'S', body: 'größer\nals', run: 'run-1', status: 'PARTIAL' });
    expect(Object.fromEntries(published[0] ?? [])).toMatchObject({
      Subject: 'S',
      Message: 'größer\nals',
      'MessageAttributes.entry.1.Name': 'run',
      'MessageAttributes.entry.1.Value.StringValue': 'run-1',
      'MessageAttributes.entry.2.Name': 'status',
      'MessageAttributes.entry.2.Value.StringValue': 'PARTIAL',
    });
  });

  it('are sent, whatever their subject is', async () => {
    for (const subject of ['größer\nals früher', 'x'.repeat(200), '\n\tlate']) {
      await snsNotifier(client, TOPIC).publish({ subject, body: 'b', run: 'r', status: 's' });
    }
    expect(published).toHaveLength(3);
  });

  it('say which topic is not there', async () => {
    const publish = snsNotifier(client, `${TOPIC}-gone`).publish({ subject: 'S', body: 'b', run: 'r', status: 's' });
    await expect(publish).rejects.toMatchObject({
      name: 'ServiceRefused',
      message: expect.stringContaining(`${TOPIC}-gone`),
    });
  });
});
