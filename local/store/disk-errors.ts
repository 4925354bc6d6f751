import { ConflictError, ErrorName, StepBenchError } from '#core/workflow/errors.ts';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** True when nothing is there, or only a folder of that name. */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');

export const isTaken = (error: unknown): boolean => codeOf(error) === 'EEXIST';

const FULL = {
  name: ErrorName.StoreFull,
  nextStep: 'Free some space, or start again with --store on another disk; what was stored so far is whole.',
};
const DENIED = {
  name: ErrorName.StoreDenied,
  nextStep: 'Give this user the right to write there, or choose another folder with --store.',
};
const failed = (nextStep: string) => ({ name: ErrorName.StoreFailed, nextStep });

const UNKNOWN = failed('See what is wrong with that disk, or choose another folder with --store.');

const MEANINGS: Record<string, { name: ErrorName; nextStep: string }> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  // To make a folder where the kernel keeps its own is answered as if its parent were not there.
  ENOENT: failed('Choose another folder with --store: nothing can be made in this one.'),
  EMFILE: failed('Raise the limit of open files (ulimit -n).'),
  ENAMETOOLONG: failed('A part of a key must not exceed 255 bytes in a folder store.'),
};

/**
 * Result codes of SQLite, which the lock is: https://sqlite.org/rescode.html. The low byte is the primary one: READONLY,
 * FULL, CANTOPEN.
 */
const SQLITE_MEANINGS: Record<number, (typeof MEANINGS)[string]> = { 8: DENIED, 13: FULL, 14: DENIED };

function meaningOf(error: unknown): (typeof MEANINGS)[string] {
  const sqlite = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return SQLITE_MEANINGS[sqlite] ?? MEANINGS[codeOf(error) ?? ''] ?? UNKNOWN;
}

export const notAFolder = (path: string): Error =>
  new StepBenchError(ErrorName.StoreDenied, `The store cannot be in ${path}: that is a file.`, {
    nextStep: 'Name a folder with --store.',
  });

/** What the file system said, for people, with the next step; errors that are ours already pass as they are. */
export function explained(error: unknown, path: string): Error {
  if (error instanceof StepBenchError) return error;
  const code = codeOf(error) ?? '';
  if (['ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY'].includes(code)) {
    return new ConflictError(`${path} cannot be both an object and a folder of others in a folder store.`, {
      cause: error,
    });
  }
  const { name, nextStep } = meaningOf(error);
  const said = error instanceof Error ? error.message : String(error);
  return new StepBenchError(name, `The store cannot use ${path}: ${said}.`, {
    cause: error,
    nextStep,
  });
}
