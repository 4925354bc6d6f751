import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

/** The store's own folder inside its root: temporary files and the lock. Never listed. */
export const OWN_FOLDER = '.stepbench';
export const VERSION_FILE = 'store.json';

/** S3's limit on a key. */
const MAX_KEY_BYTES = 1024;

/**
 * Lets through what is a key in S3 and a path below the root at the same time.
 * @throws StepBenchError StoreFailed for any other, `..` first of all.
 */
export function checkKey(key: string): void {
  const parts = key.split('/');
  const reason = reservedReason(parts[0] ?? '') ?? parts.map(partReason).find((found) => found !== undefined);
  if (reason !== undefined) refuse(key, reason);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) refuse(key, `it has more than ${MAX_KEY_BYTES} bytes`);
}

/** A prefix may end anywhere, but the folders it names are checked as those of a key. */
export function checkPrefix(prefix: string): void {
  const folders = prefix.split('/').slice(0, -1);
  const reason = folders.map(partReason).find((found) => found !== undefined);
  if (reason !== undefined) refuse(prefix, reason);
}

export const isReserved = (firstPart: string): boolean => reservedReason(firstPart) !== undefined;

const reservedReason = (firstPart: string): string | undefined =>
  firstPart === OWN_FOLDER || firstPart === VERSION_FILE ? 'the store keeps its own files there' : undefined;

function partReason(part: string): string | undefined {
  if (part === '') return 'a part of it is empty';
  if (part === '.' || part === '..') return 'it would leave its folder';
  if (part.includes('\0') || part.includes('\\')) return 'it has a character that no path may have';
  return undefined;
}

function refuse(key: string, reason: string): never {
  throw new StepBenchError(ErrorName.StoreFailed, `${JSON.stringify(key)} is not a key of the store: ${reason}.`);
}

/** Order of S3's listings: by the bytes of the UTF-8. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
