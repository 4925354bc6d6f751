import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { type EksTest, NAME, startEksTest } from './eks-test.ts';
import { ADMIN_ROLE } from './guarded-cluster.ts';

const TOKEN = 'hf_abcdefghijklmnop';
const HEADERS = { GATEWAY_KEY: 'Bearer s3cret-value' };

let moto: MotoServer;
let secrets: SecretsManagerClient;
let arns: { huggingFaceSecretArn: string; endpointHeadersSecretArn: string };
beforeAll(async () => {
  moto = await startMoto();
  secrets = new SecretsManagerClient(clientOf(moto.url));
  const create = async (Name: string, SecretString: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN as string;
  arns = {
    huggingFaceSecretArn: await create('hf', `${TOKEN}\n`),
    endpointHeadersSecretArn: await create('headers', JSON.stringify(HEADERS)),
  };
});
afterAll(async () => {
  secrets.destroy();
  await moto.stop();
});

let at: EksTest;
beforeEach(async () => {
  at = await startEksTest(moto.url);
  await at.open().create({ name: NAME, version: '1.36' });
  at.becomes('ACTIVE');
});
afterEach(() => at.close());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const inCluster = () => at.guarded.secretNames();

describe('secrets of Secrets Manager', () => {
  it('come into the namespace, and into nothing else', async () => {
    await at.open(arns).ensureAccess(NAME);
    expect(at.guarded.applied.filter(({ kind }) => kind === 'Secret')).toMatchObject([
      { metadata: { name: 'stepbench-hugging-face', namespace: 'stepbench' }, data: { HF_TOKEN: base64(TOKEN) } },
      { metadata: { name: 'stepbench-endpoint-headers' }, data: { GATEWAY_KEY: base64('Bearer s3cret-value') } },
    ]);
    const rest = JSON.stringify([at.guarded.applied.filter(({ kind }) => kind !== 'Secret'), at.stub.requests]);
    expect(rest).not.toMatch(/s3cret-value|abcdefghijklmnop/);
  });

  it.each([
    ['one', { endpointHeadersSecretArn: true }, ['stepbench-endpoint-headers']],
    ['the other', { huggingFaceSecretArn: true }, ['stepbench-hugging-face']],
    ['none', {}, []],
  ])('leave the cluster when the stack names them no more: %s is left', async (_, keeps, left) => {
    await at.open(arns).ensureAccess(NAME);
    expect(inCluster()).toHaveLength(2);
    const still = Object.fromEntries(Object.keys(keeps).map((key) => [key, arns[key as keyof typeof arns]]));
    await at.open(still).ensureAccess(NAME);
    expect(inCluster()).toEqual(left);
    await at.open(still).ensureAccess(NAME);
    expect(inCluster()).toEqual(left);
  });

  it('that a person has made in the cluster by hand stay', async () => {
    const theirs = (labels?: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'stepbench-endpoint-headers', namespace: 'stepbench', ...(labels && { labels }) },
    });
    for (const labels of [undefined, { [Label.managedBy]: 'somebody' }]) {
      at.guarded.place(theirs(labels));
      await at.open().ensureAccess(NAME);
      expect(inCluster()).toEqual(['stepbench-endpoint-headers']);
    }
  });

  it('that cannot be taken away leave nobody an admin, and go the next time', async () => {
    await at.open(arns).ensureAccess(NAME);
    at.guarded.failing = { kind: 'delete Secret', error: new Error('no') };
    await expect(at.open().ensureAccess(NAME)).rejects.toThrow('no');
    expect(at.stub.state.entries.get(`${NAME} ${ADMIN_ROLE}`)?.policies.size).toBe(0);
    at.guarded.failing = undefined;
    await at.open().ensureAccess(NAME);
    expect(inCluster()).toEqual([]);
  });

  it.each(['Bearer s3cret-value', '["s3cret-value"]', '{"A": {"B": "s3cret-value"}}', '"s3cret-value"'])(
    'that are no JSON object of strings are refused without a word of them: %s',
    async (SecretString) => {
      await secrets.send(new PutSecretValueCommand({ SecretId: 'headers', SecretString }));
      const error = await at
        .open(arns)
        .ensureAccess(NAME)
        .then(
          () => undefined,
          (thrown: Error) => thrown,
        );
      expect(error).toMatchObject({ name: 'ClusterFailed', message: expect.stringContaining('JSON object') });
      expect(`${error?.message} ${error?.stack} ${error?.cause}`).not.toContain('s3cret');
      expect(at.stub.state.entries.has(`${NAME} ${ADMIN_ROLE}`)).toBe(false);
    },
  );
});
