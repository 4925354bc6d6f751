import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
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
