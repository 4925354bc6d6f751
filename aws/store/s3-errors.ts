import { ErrorName, type StepBenchError } from '#core/workflow/errors.ts';
import { fromAws } from '../errors/aws-error.ts';
import { kindOf } from '../errors/kinds.ts';

export type S3Operation = 'GetObject' | 'PutObject' | 'DeleteObject' | 'ListObjectsV2';

/** A bucket that this role cannot use is told apart: no run may go on measuring for it. */
export function s3Error(operation: S3Operation, where: string, error: unknown): StepBenchError {
  const kind = kindOf(error);
  const denied = kind === 'denied' || kind === 'credentials';
  return fromAws(error, {
    api: `s3:${operation} of ${where}`,
    terminal: denied ? ErrorName.StoreDenied : ErrorName.StoreFailed,
  });
}

export async function s3Call<T>(operation: S3Operation, where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(operation, where, error);
  }
}
