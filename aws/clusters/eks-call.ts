import { ErrorName } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

/** @throws StepBenchError Retryable, or ClusterFailed. */
export const eks = <T>(what: string, work: () => Promise<T>): Promise<T> =>
  calling({ api: `eks:${what}`, terminal: ErrorName.ClusterFailed }, work);

export const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** The answer, or undefined where EKS has nothing of that name. */
export async function ifFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

/** False where it is there already. */
export async function ifNew(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isNamed(error, 'ResourceInUseException')) return false;
    throw error;
  }
}
