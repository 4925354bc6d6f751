import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { s3Store } from '#aws/store/s3-store.ts';
import { objectStoreContract } from '#test/contract/object-store.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';

let moto: MotoServer;
let client: S3Client;
beforeAll(async () => {
  moto = await startMoto();
  client = new S3Client({ ...clientOf(moto.url), forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await moto.stop();
});

let buckets = 0;

objectStoreContract('S3', async () => {
  const bucket = `contract-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { store: s3Store(client, bucket), close: async () => {} };
});

it('an object store: S3 lists over as many pages as S3 makes of it', async () => {
  const paged = new S3Client({ ...clientOf(moto.url), forcePathStyle: true });
  paged.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'ListObjectsV2Command') Object.assign(args.input, { MaxKeys: 2 });
        return next(args);
      },
    { step: 'initialize' },
  );
  await client.send(new CreateBucketCommand({ Bucket: 'paged' }));
  const store = s3Store(paged, 'paged');
  const keys = ['a/1', 'b/1', 'b/2', 'c/1', 'd/1'];
  for (const key of keys) await store.put(key, key);
  const listed: string[] = [];
  for await (const { key } of store.list('')) listed.push(key);
  const folders: string[] = [];
  for await (const folder of store.folders('')) folders.push(folder);
  expect(listed).toEqual(keys);
  expect(folders).toEqual(['a', 'b', 'c', 'd']);
  paged.destroy();
});
