import { afterAll, beforeAll, expect, it } from 'vitest';
import { logGroups } from '#aws/logs/log-groups.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { StubError, startStub } from '../stub/service.ts';

const { region, credentials } = clientOf('');
let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

/** Asked as anybody would who looks at the groups. */
async function described(): Promise<object[]> {
  const response = await fetch(moto.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.DescribeLogGroups',
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20261001/${region}/logs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  });
  return ((await response.json()) as { logGroups: object[] }).logGroups;
}

it('a log group is made once, and what is in it kept for as long as was said last', async () => {
  const groups = logGroups(async () => ({ region, credentials, endpoint: moto.url }));
  await groups.keep('/aws/eks/bench/cluster', 30);
  await groups.keep('/aws/eks/bench/cluster', 90);
  expect(await described()).toMatchObject([{ logGroupName: '/aws/eks/bench/cluster', retentionInDays: 90 }]);
});

it('what the service refuses has its name, and comes from a request that is signed for it', async () => {
  const stub = await startStub({
    signingName: 'logs',
    answer: () => {
      throw new StubError('com.amazonaws.logs#AccessDeniedException', 'not you');
    },
    refuse: ({ code, message, status }) => ({ status, body: JSON.stringify({ __type: code, message }) }),
  });
  try {
    const groups = logGroups(async () => ({ region, credentials, endpoint: stub.url }));
    await expect(groups.keep('/aws/eks/bench/cluster', 30)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not you',
    });
    expect(stub.requests).toHaveLength(1);
  } finally {
    await stub.close();
  }
});
