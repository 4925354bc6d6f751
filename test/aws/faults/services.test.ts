import { AthenaClient } from '@aws-sdk/client-athena';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eksClusters } from '#aws/clusters/eks-clusters.ts';
import { athenaSql } from '#aws/sql/athena-sql.ts';
import type { ClusterSettings } from '#core/stack/environment.ts';
import { clientOf } from '../moto/client-config.ts';
import { startEc2 } from '../stub/ec2.ts';
import { startEks } from '../stub/eks.ts';
import type { Stub } from '../stub/service.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const ENCODED = 'Encoded authorization failure message: 4Gv8t0K';

type Refuse = (status: number, code: string, message?: string) => Fault;

interface Service {
  refuse: Refuse;
  open: () => Promise<Stub>;
  ask: (url: string) => Promise<unknown>;
  terminal: string;
  api: string;
}

const config = (url: string) => ({
  ...clientOf(url),
  requestHandler: { requestTimeout: 400, throwOnRequestTimeout: true },
});
const clusters = (url: string) => {
  const [eks, ec2, secrets] = [EKSClient, EC2Client, SecretsManagerClient].map((Client) => new Client(config(url)));
  const clients = { eks, ec2, secrets } as { eks: EKSClient; ec2: EC2Client; secrets: SecretsManagerClient };
  const logs = { keep: async () => {} };
  const settings = { stackName: 'Bench', foreignClusters: [] as string[] } as ClusterSettings;
  return eksClusters({ ...clients, logs }, settings, () => Promise.reject(new Error('unused')));
};

/** One for each of the wire formats that are used here. */
const SERVICES: Record<string, Service> = {
  'a service of the JSON protocol (Athena)': {
    refuse: (status, code, message = 'no') => ({
      kind: 'answer',
      status,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ __type: code, Message: message }),
    }),
    open: () => startEks(),
    ask: (url) => athenaSql(new AthenaClient(config(url)), { workgroup: 'w', database: 'd' }).status('q'),
    terminal: 'QueryFailed',
    api: 'athena:GetQueryExecution of q',
  },
  'a service of the REST protocol (EKS)': {
    refuse: (status, code, message = 'no') => ({
      kind: 'answer',
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ message }),
    }),
    open: () => startEks(),
    ask: (url) => clusters(url).describe('bench'),
    terminal: 'ClusterFailed',
    api: 'eks:DescribeCluster of bench',
  },
  'a service of the query protocol (EC2)': {
    refuse: (status, code, message = 'no') => ({
      kind: 'answer',
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`,
    }),
    open: () => startEc2({ instances: [], spot: [] }),
    ask: (url) => clusters(url).instances({ cluster: 'bench' }),
    terminal: 'ClusterFailed',
    api: 'ec2:DescribeInstances',
  },
};

const PASSING: [what: string, fault: (refuse: Refuse) => Fault][] = [
  ['throttles', (refuse) => refuse(400, 'ThrottlingException', 'Rate exceeded')],
  ['limits requests', (refuse) => refuse(503, 'RequestLimitExceeded')],
  ['answers 429', (refuse) => refuse(429, 'OfANameThatNobodyKnows')],
  ['answers 500', (refuse) => refuse(500, 'InternalServerException')],
  ['answers 503', (refuse) => refuse(503, 'ServiceUnavailable')],
  ['answers 500 without a word', () => ({ kind: 'answer', status: 500, body: '' })],
  ['resets connections', () => ({ kind: 'reset' })],
  ['does not answer', () => ({ kind: 'hang' })],
  ['breaks off in the middle of its answer', () => ({ kind: 'truncated' })],
];

const LASTING: [what: string, fault: (refuse: Refuse) => Fault, said: RegExp][] = [
  [
    'denies',
    (refuse) => refuse(400, 'AccessDeniedException', ENCODED),
    /is not allowed: AccessDenied.*lacks that perm/,
  ],
  ['denies as EC2 does', (refuse) => refuse(403, 'UnauthorizedOperation', ENCODED), /is not allowed.*lacks that perm/],
  ['is asked with a session that is over', (refuse) => refuse(400, 'ExpiredTokenException'), /credentials.*Renew/],
  ['is asked with unknown keys', (refuse) => refuse(400, 'UnrecognizedClientException'), /credentials.*Renew/],
  [
    'finds the request bad',
    (refuse) => refuse(400, 'ValidationException', 'name: too long'),
    /refused.*name: too long/,
  ],
];

describe.each(Object.entries(SERVICES))('%s', (_, { refuse, open, ask, terminal, api }) => {
  let stub: Stub;
  let proxy: FaultProxy;
  beforeEach(async () => {
    stub = await open();
    proxy = await startFaultProxy(stub.url);
  });
  afterEach(async () => {
    await proxy.close();
    await stub.close();
  });

  it.each(PASSING)('is asked again, and later again, when it %s', async (__, fault) => {
    proxy.faults.push(...Array.from({ length: 3 }, () => fault(refuse)));
    await expect(ask(proxy.url)).rejects.toMatchObject({ name: 'Retryable', message: expect.stringContaining(api) });
    expect(proxy.count()).toBe(3);
  });

  it.each(LASTING)('is not asked again when it %s', async (__, fault, said) => {
    proxy.faults.push(fault(refuse));
    await expect(ask(proxy.url)).rejects.toMatchObject({ name: terminal, message: expect.stringMatching(said) });
    expect(proxy.count()).toBe(1);
  });
});
