import { ConflictError, ErrorName, StepBenchError } from '#core/workflow/errors.ts';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** True when nothing is there, or only a folder of that name. */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');

export const isTaken = (error: unknown): boolean => codeOf(error) === 'EEXIST';

const FULL = 'Free some space, or start again with --store on another disk; what was stored so far is whole.';
const DENIED = 'Give this user the right to write there, or choose another folder with --store.';

const NEXT_STEPS: Record<string, string> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  EMFILE: 'Raise the limit of open files (ulimit -n).',
  ENAMETOOLONG: 'A part of a key must not exceed 255 bytes in a folder store.',
};

/** What the file system said, for people, with the next step; errors that are ours already pass as they are. */
export function explained(error: unknown, path: string): Error {
  if (error instanceof StepBenchError) return error;
  const code = codeOf(error) ?? '';
  if (['ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY'].includes(code)) {
    return new ConflictError(`${path} cannot be both an object and a folder of others in a folder store.`, {
      cause: error,
    });
  }
  const nextStep = NEXT_STEPS[code];
  const said = error instanceof Error ? error.message : String(error);
  return new StepBenchError(ErrorName.StoreFailed, `The store cannot use ${path}: ${said}.`, {
    cause: error,
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}
