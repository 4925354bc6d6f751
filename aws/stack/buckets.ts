import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { statusOf } from '../errors/kinds.ts';
import { asAwsError } from './errors.ts';

/** S3 answers a HEAD without a body, so that its status is all there is to go by. */
export function sdkBucketExists(region: string): (bucket: string) => Promise<boolean> {
  const client = new S3Client({ region });
  return async (bucket) => {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw asAwsError(error);
    }
  };
}
