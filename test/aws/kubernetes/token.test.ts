import { describe, expect, it } from 'vitest';
import { eksToken, renewedToken } from '#aws/kubernetes/token.ts';
import { expectedSignature } from './signature.ts';

const START = Date.parse('2026-01-31T10:00:00Z');
const MINUTE = 60_000;
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const request = (parts: { region?: string; sessionToken?: string; nowMs?: () => number } = {}) => ({
  clusterName: 'bench',
  region: parts.region ?? 'eu-central-1',
  credentials: {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: SECRET,
    ...(parts.sessionToken === undefined ? {} : { sessionToken: parts.sessionToken }),
  },
  clock: { nowMs: parts.nowMs ?? (() => START) },
});

function opened(token: string): URL {
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
}

describe('a token for EKS', () => {
  it('is a request to the STS of the region, for a minute, bound to the cluster', async () => {
    const url = opened(await eksToken(request({ sessionToken: 'session+/=' })));
    expect(`${url.protocol}//${url.host}${url.pathname}`).toBe('https://sts.eu-central-1.amazonaws.com/');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260131/eu-central-1/sts/aws4_request',
      'X-Amz-Date': '20260131T100000Z',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Security-Token': 'session+/=',
    });
    expect([...url.searchParams.keys()]).not.toContain('x-k8s-aws-id');
  });

  it.each([undefined, 'session+/='])(
    'has the signature that AWS computes for the cluster (session: %s)',
    async (session) => {
      const url = opened(await eksToken(request(session === undefined ? {} : { sessionToken: session })));
      const of = (cluster: string) => expectedSignature(url, { host: url.host, 'x-k8s-aws-id': cluster }, SECRET);
      expect(url.searchParams.get('X-Amz-Signature')).toBe(of('bench'));
      expect(url.searchParams.get('X-Amz-Signature')).not.toBe(of('another'));
    },
  );

  it("is of China's STS in China", async () => {
    const url = opened(await eksToken(request({ region: 'cn-north-1' })));
    expect(url.host).toBe('sts.cn-north-1.amazonaws.com.cn');
  });

  it('is told as credentials that failed, without them', async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error('expired abc'), { name: 'CredentialsProviderError' }));
    await expect(eksToken({ ...request(), credentials })).rejects.toMatchObject({
      name: 'ClusterFailed',
      message: expect.stringMatching(/credentials(?!.*abc)/),
    });
  });
});

describe('a token that is renewed', () => {
  function renewing() {
    let nowMs = START;
    let asked = 0;
    const token = renewedToken({
      ...request({ nowMs: () => nowMs }),
      credentials: async () => {
        asked += 1;
        return { accessKeyId: `KEY${asked}`, secretAccessKey: SECRET };
      },
    });
    return {
      token,
      at: (ms: number) => {
        nowMs = START + ms;
      },
      asked: () => asked,
    };
  }

  it('is the same for everybody, and signed again before the fifteen minutes are over', async () => {
    const { token, at, asked } = renewing();
    const [first, second] = await Promise.all([token(), token()]);
    expect(second).toBe(first);
    at(13.9 * MINUTE);
    expect(await token()).toBe(first);
    at(14 * MINUTE);
    const third = await token();
    expect(third).not.toBe(first);
    expect(opened(third).searchParams.get('X-Amz-Date')).toBe('20260131T101400Z');
    expect(asked()).toBe(2);
  });

  it('is another one once the cluster has refused it, for all who were refused', async () => {
    const { token, asked } = renewing();
    const first = await token();
    const [a, b] = [await token(first), await token(first)];
    expect(a).not.toBe(first);
    expect(b).toBe(a);
    expect(asked()).toBe(2);
  });

  it('is tried again when it could not be signed', async () => {
    let fails = true;
    const token = renewedToken({
      ...request(),
      credentials: async () => {
        if (fails) throw Object.assign(new Error('down'), { code: 'ECONNRESET' });
        return { accessKeyId: 'KEY', secretAccessKey: SECRET };
      },
    });
    await expect(token()).rejects.toMatchObject({ name: 'Retryable' });
    fails = false;
    expect(await token()).toMatch(/^k8s-aws-v1\./);
  });
});
