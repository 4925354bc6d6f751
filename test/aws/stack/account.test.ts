import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sdkAccount } from '#aws/stack/account.ts';
import { connectStack } from '#aws/stack/connect.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { startEc2 } from '../stub/ec2.ts';
import { type Stub, StubError } from '../stub/service.ts';
import { startSts } from '../stub/sts.ts';
import { pointedAt } from './pointed-at.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

const stubs: Stub[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stub of stubs.splice(0)) await stub.close();
});
const opened = async (stub: Promise<Stub>): Promise<string> => {
  stubs.push(await stub);
  return (await stub).url;
};

describe('the account', () => {
  it('is that of whoever asks', async () => {
    pointedAt({ STS: moto.url });
    expect(await sdkAccount('us-east-1').identity()).toEqual({
      account: '123456789012',
      arn: expect.stringMatching(/^arn:aws:sts::123456789012:/),
    });
  });

  it.each([
    ['ExpiredToken', 'The security token included in the request is expired', 'credentials-expired'],
    ['InvalidClientTokenId', 'The security token included in the request is invalid.', 'credentials-missing'],
    ['SignatureDoesNotMatch', 'Signature expired', 'credentials-missing'],
    ['AccessDenied', 'explicit deny', 'denied'],
    ['Throttling', 'Rate exceeded', 'throttled'],
  ])('is not told to credentials that STS answers with %s', async (code, message, problem) => {
    const caller = { account: '1', arn: 'a' };
    pointedAt({ STS: await opened(startSts(caller, () => new StubError(code, message, 403))) });
    await expect(sdkAccount('us-east-1').identity()).rejects.toMatchObject({ problem, message });
  });

  it('is nobody’s without credentials, and nowhere without a region', async () => {
    pointedAt({ STS: moto.url });
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(sdkAccount('us-east-1').identity()).rejects.toMatchObject({ problem: 'credentials-missing' });
    await expect(connectStack(undefined)).rejects.toMatchObject({ problem: 'region-missing' });
    expect((await connectStack('eu-central-1')).region).toBe('eu-central-1');
  });
});

it('the zones of a region are those that the account may use, without Local Zones', async () => {
  const zone = (name: string, type: 'availability-zone' | 'local-zone', optIn: 'opted-in' | 'not-opted-in') => ({
    ...{ name, id: `${name}-id`, type, optIn },
  });
  const zones = [
    { name: 'us-west-2a', id: 'usw2-az2', type: 'availability-zone' as const, optIn: 'opt-in-not-required' as const },
    zone('us-west-2-lax-1a', 'local-zone', 'opted-in'),
    zone('us-west-2b', 'availability-zone', 'opted-in'),
    zone('us-west-2e', 'availability-zone', 'not-opted-in'),
  ];
  pointedAt({ EC2: await opened(startEc2({ instances: [], spot: [], zones })) });
  expect(await sdkAccount('us-east-1').zones()).toEqual([
    { name: 'us-west-2a', id: 'usw2-az2' },
    { name: 'us-west-2b', id: 'us-west-2b-id' },
  ]);
});

describe('instance types that a zone has', () => {
  it('are told by the zone, over all pages', async () => {
    const offeredIn = { 'us-east-1a': ['g5.xlarge', 'p5.48xlarge', 't3.micro'], 'us-east-1b': ['g5.xlarge'] };
    pointedAt({ EC2: await opened(startEc2({ instances: [], spot: [], offeredIn })) });
    const offered = await sdkAccount('us-east-1').offeredIn(['g5.xlarge', 'p5.48xlarge', 'g6.xlarge']);
    expect([...offered].map(([zone, types]) => [zone, [...types].sort()])).toEqual([
      ['us-east-1a', ['g5.xlarge', 'p5.48xlarge']],
      ['us-east-1b', ['g5.xlarge']],
    ]);
  });

  it('are asked for as EC2 knows zones', async () => {
    pointedAt({ EC2: moto.url });
    const offered = await sdkAccount('us-east-1').offeredIn(['g5.xlarge', 'p9.nowhere']);
    expect(offered.size).toBeGreaterThan(1);
    for (const [zone, types] of offered) {
      expect(zone).toMatch(/^us-east-1[a-f]$/);
      expect([...types]).toEqual(['g5.xlarge']);
    }
  });
});

describe('instance types that a region has not', () => {
  it('are those that EC2 does not offer in it', async () => {
    pointedAt({ EC2: moto.url });
    const asked = ['g5.xlarge', 'p9.nowhere', 'g5.48xlarge', 'p9.nowhere'];
    expect(await sdkAccount('us-east-1').notOffered(asked)).toEqual(['p9.nowhere']);
    expect(await sdkAccount('us-east-1').notOffered([])).toEqual([]);
  });

  it('are found over all pages, however many are asked for', async () => {
    const types = Array.from({ length: 450 }, (_, n) => `g5.n${n}`);
    const offered = types.filter((_, n) => n % 3 !== 0);
    pointedAt({ EC2: await opened(startEc2({ instances: [], spot: [], offered })) });
    const missing = types.filter((_, n) => n % 3 === 0);
    expect(await sdkAccount('us-east-1').notOffered(types)).toEqual(missing);
  });
});
