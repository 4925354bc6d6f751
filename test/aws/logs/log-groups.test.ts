import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logGroups } from '#aws/logs/log-groups.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { StubError, startStub } from '../stub/service.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

it('a log group is made once, and what is in it kept for as long as was said last', async () => {
  const client = new CloudWatchLogsClient(clientOf(moto.url));
  const groups = logGroups(client);
  await groups.keep('/aws/eks/bench/cluster', 30);
  await groups.keep('/aws/eks/bench/cluster', 90);
  const { logGroups: described } = await client.send(new DescribeLogGroupsCommand({}));
  expect(described).toMatchObject([{ logGroupName: '/aws/eks/bench/cluster', retentionInDays: 90 }]);
});

it('what the service refuses has its name, and is not asked a second time', async () => {
  const stub = await startStub({
    signingName: 'logs',
    answer: () => {
      throw new StubError('com.amazonaws.logs#AccessDeniedException', 'not you');
    },
    refuse: ({ code, message, status }) => ({ status, body: JSON.stringify({ __type: code, message }) }),
  });
  try {
    const groups = logGroups(new CloudWatchLogsClient(clientOf(stub.url)));
    await expect(groups.keep('/aws/eks/bench/cluster', 30)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not you',
    });
    expect(stub.requests).toHaveLength(1);
  } finally {
    await stub.close();
  }
});
