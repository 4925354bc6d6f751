import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '#core/ports/object-store.ts';
import { s3Call } from './s3-errors.ts';

/** S3 lists in the order of keys, a thousand a page. */
export async function* objectsIn(client: S3Client, bucket: string, prefix: string): AsyncGenerator<ObjectInfo> {
  for await (const page of pages(client, bucket, { Prefix: prefix })) {
    for (const { Key, Size = 0, ETag = '' } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, size: Size, etag: ETag };
    }
  }
}

export async function* foldersIn(client: S3Client, bucket: string, prefix: string): AsyncGenerator<string> {
  for await (const page of pages(client, bucket, { Prefix: prefix, Delimiter: '/' })) {
    for (const { Prefix } of page.CommonPrefixes ?? []) {
      if (Prefix !== undefined) yield Prefix.slice(prefix.length, -1);
    }
  }
}

async function* pages(
  client: S3Client,
  bucket: string,
  query: { Prefix: string; Delimiter?: string },
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await s3Call('ListObjectsV2', `s3://${bucket}/${query.Prefix}`, () =>
      client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          ...query,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      ),
    );
    yield page;
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
