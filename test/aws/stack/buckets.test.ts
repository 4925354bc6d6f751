import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { sdkBucketExists } from '#aws/stack/buckets.ts';
import { pointedAt } from './pointed-at.ts';

afterEach(() => vi.unstubAllEnvs());

/** S3 answers a HEAD with a status and nothing else; what it says in which case: "HeadBucket", API reference. */
async function asked(status: number): Promise<unknown> {
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  pointedAt({ S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  try {
    return await sdkBucketExists('us-east-1')('results');
  } catch (error) {
    return (error as Error).name;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it.each([
  [200, true],
  [404, false],
  [403, 'AwsError'],
  [400, 'AwsError'],
])('a bucket: S3 says %i, which is %s', async (status, is) => expect(await asked(status)).toBe(is));
