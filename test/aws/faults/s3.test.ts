import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { s3Store } from '#aws/store/s3-store.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const BUCKET = 'faults';
const TRIES = 3;

const refusal = (status: number, code: string, message = 'no'): Fault => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>r</RequestId></Error>`,
});
const times = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);

/** Faults that the next request is as likely not to meet. */
const PASSING: [what: string, fault: Fault][] = [
  ['throttled', refusal(503, 'SlowDown', 'Please reduce your request rate.')],
  ['answered with 500', refusal(500, 'InternalError')],
  ['answered with 502 by something in between', { kind: 'answer', status: 502, body: '<html>Bad Gateway</html>' }],
  ['reset', { kind: 'reset' }],
  ['not answered', { kind: 'hang' }],
];

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

describe('a bucket behind a bad network', () => {
  let proxy: FaultProxy;
  let client: S3Client;
  let store: ObjectStore;
  beforeEach(async () => {
    await moto.reset();
    proxy = await startFaultProxy(moto.url);
    const requestHandler = { requestTimeout: 400, throwOnRequestTimeout: true };
    client = new S3Client({ ...clientOf(proxy.url), forcePathStyle: true, maxAttempts: TRIES, requestHandler });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    store = s3Store(client, BUCKET);
    await store.put('there', 'before');
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
  });
  const text = async (key: string) => Buffer.from((await store.get(key))?.body ?? []).toString();

  it.each(PASSING)('is used all the same when it was %s once', async (_, fault) => {
    proxy.faults.push(fault);
    expect(await text('there')).toBe('before');
    proxy.faults.push(fault);
    await store.put('there', 'after', { ifEtag: (await store.get('there'))?.etag as string });
    expect(await text('there')).toBe('after');
  });

  it.each(PASSING)('is asked for again later when it is %s every time', async (_, fault) => {
    const before = proxy.count();
    proxy.faults.push(...times(TRIES, fault));
    await expect(store.get('there')).rejects.toMatchObject({
      name: 'Retryable',
      message: expect.stringContaining('s3:GetObject of s3://faults/there'),
    });
    expect(proxy.count() - before).toBe(TRIES);
  });

  it('is not taken for somebody else when it did what it was asked and nobody heard of it', async () => {
    proxy.faults.push({ kind: 'reset-after' });
    const { etag } = await store.put('lease', 'mine', { ifAbsent: true });
    expect((await store.get('lease'))?.etag).toBe(etag);
    proxy.faults.push({ kind: 'reset-after' });
    await store.put('lease', 'still mine', { ifEtag: etag });
    expect(await text('lease')).toBe('still mine');
  });

  it('is taken for somebody else when another one was faster while nobody answered', async () => {
    await store.put('lease', 'theirs');
    proxy.faults.push({ kind: 'reset' });
    await expect(store.put('lease', 'mine', { ifAbsent: true })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await text('lease')).toBe('theirs');
  });

  it('is asked for again later while two put at the same time', async () => {
    proxy.faults.push(refusal(409, 'ConditionalRequestConflict'));
    await expect(store.put('lease', 'mine', { ifAbsent: true })).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('gives no half of an object for the whole', async () => {
    await store.put('big', Buffer.alloc(300_000, 'stepbench'));
    proxy.faults.push({ kind: 'truncated' });
    await expect(store.get('big')).rejects.toMatchObject({ name: 'Retryable' });
    proxy.faults.push({ kind: 'truncated' });
    const read = async () => {
      let bytes = 0;
      for await (const chunk of (await store.stream('big')) ?? []) bytes += chunk.byteLength;
      return bytes;
    };
    await expect(read()).rejects.toMatchObject({ name: 'Retryable' });
    expect(await read()).toBe(300_000);
  });

  it('gives no half of a list for the whole', async () => {
    proxy.faults.push(...times(TRIES, { kind: 'truncated' }));
    const keys = async () => {
      const found: string[] = [];
      for await (const { key } of store.list('')) found.push(key);
      return found;
    };
    await expect(keys()).rejects.toMatchObject({ name: 'Retryable' });
    expect(await keys()).toEqual(['there']);
  });

  it.each([
    ['may not be read', refusal(403, 'AccessDenied', 'Access Denied'), 'StoreDenied', /lacks that permission/],
    ['is asked with a session that is over', refusal(400, 'ExpiredToken', 'expired'), 'StoreDenied', /Renew/],
    [
      'is not there',
      refusal(404, 'NoSuchBucket', 'The specified bucket does not exist'),
      'StoreFailed',
      /NoSuchBucket/,
    ],
    ['has a key that is gone', refusal(400, 'KMS.DisabledException', 'arn is disabled'), 'StoreFailed', /KMS/],
  ])('is given up at once when it %s, and not taken for empty', async (_, fault, name, said) => {
    const before = proxy.count();
    proxy.faults.push(fault);
    await expect(store.get('nothing')).rejects.toMatchObject({ name, message: expect.stringMatching(said) });
    proxy.faults.push(fault);
    await expect(store.put('a', 'b', { ifEtag: '"x"' })).rejects.toMatchObject({ name });
    expect(proxy.count() - before).toBe(2);
  });

  it('tells nothing of the request that it would not take', async () => {
    const canonical =
      'GET\n/faults/there\n\nx-amz-meta-owner:s3cret-value\nx-amz-security-token:IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ';
    proxy.faults.push(refusal(403, 'SignatureDoesNotMatch', `The canonical string should have been ${canonical}`));
    const error: Error = await store.get('there').then(
      () => expect.fail('nothing was thrown'),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'StoreDenied', message: expect.stringContaining('SignatureDoesNotMatch') });
    expect(JSON.stringify([error.message, error.stack, error.cause, String(error.cause)])).not.toMatch(/IQoJ|s3cret/);
  });
});
