import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore, PutCondition } from '#core/ports/object-store.ts';
import { PreconditionFailedError } from '#core/workflow/errors.ts';
import { statusOf } from '../errors/kinds.ts';
import { type S3Operation, s3Call, s3Error } from './s3-errors.ts';
import { foldersIn, objectsIn } from './s3-listing.ts';

/**
 * An S3 bucket. The etag is S3's own, quotes and all: it is only ever given back to S3. Conditions are S3's
 * conditional writes, which hold between all writers of the bucket.
 *
 * @throws StepBenchError Retryable, StoreDenied, StoreFailed.
 */
export function s3Store(client: S3Client, bucket: string): ObjectStore {
  const locate = (key: string) => `s3://${bucket}/${key}`;
  const asked = <T>(operation: S3Operation, key: string, work: () => Promise<T>): Promise<T> =>
    s3Call(operation, locate(key), work);

  /** Undefined when nothing is there. */
  const open = async (key: string): Promise<GetObjectCommandOutput | undefined> => {
    try {
      return await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      if (isNamed(error, 'NoSuchKey')) return undefined;
      throw error;
    }
  };

  return {
    bucket,
    locate,

    get: (key) =>
      asked('GetObject', key, async () => {
        const found = await open(key);
        if (found?.Body === undefined) return undefined;
        return { body: await found.Body.transformToByteArray(), etag: found.ETag ?? '' };
      }),

    stream: async (key) => {
      const found = await asked('GetObject', key, () => open(key));
      if (found?.Body === undefined) return undefined;
      return chunksOf(found.Body as AsyncIterable<Uint8Array>, locate(key));
    },

    put: (key, body, condition = {}) =>
      asked('PutObject', key, async () => {
        const bytes = typeof body === 'string' ? Buffer.from(body) : body;
        try {
          const { ETag } = await client.send(
            new PutObjectCommand({
              Bucket: bucket,
              Key: key,
              Body: bytes,
              ContentLength: bytes.byteLength,
              ...conditionOf(condition),
            }),
          );
          return { etag: ETag ?? '' };
        } catch (error) {
          if (isUnmet(error, condition)) {
            const stored = wasRetried(error) ? await open(key) : undefined;
            if (stored !== undefined && (await holds(stored, bytes))) return { etag: stored.ETag ?? '' };
            throw new PreconditionFailedError(`${locate(key)} is not as it was expected to be.`, { cause: error });
          }
          throw error;
        }
      }),

    list: (prefix) => objectsIn(client, bucket, prefix),
    folders: (prefix) => foldersIn(client, bucket, prefix),

    delete: (key) =>
      asked('DeleteObject', key, async () => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }),
  };
}

const conditionOf = ({ ifAbsent, ifEtag }: PutCondition) => ({
  ...(ifAbsent === undefined ? {} : { IfNoneMatch: '*' }),
  ...(ifEtag === undefined ? {} : { IfMatch: ifEtag }),
});

/** Where nothing is any more S3 answers a put on an etag with 404, not 412. */
const isUnmet = (error: unknown, { ifEtag }: PutCondition): boolean =>
  statusOf(error) === 412 || (ifEtag !== undefined && isNamed(error, 'NoSuchKey'));

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** A put that was answered with silence is sent again by the SDK, and then finds what it has put itself. */
const wasRetried = (error: unknown): boolean =>
  ((error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) > 1;

const holds = async ({ Body }: GetObjectCommandOutput, bytes: Uint8Array): Promise<boolean> =>
  Body !== undefined && Buffer.compare(await Body.transformToByteArray(), bytes) === 0;

async function* chunksOf(body: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw s3Error('GetObject', where, error);
  }
}
