import { StateFailure, StatesError } from './failure.ts';

/** The quota for the input, result and output of a state, and for what one Assign sets: 256 KiB as UTF-8. */
export const maxPayloadBytes = 262_144;

/** All variables of an execution together: 10 MiB. */
export const maxVariablesBytes = 10 * 1024 * 1024;

/** In the worst case a character becomes `\u0000`, 6 bytes. */
const worstBytesPerCharacter = 6;
/** A number has at most 24 characters (`-1.2345678901234567e-308`), true, false and null fewer. */
const worstBytesPerScalar = 25;

/** No value is longer as JSON than this; stops counting once `limit` is passed. */
const upperBound = (value: unknown, limit: number): number => {
  if (typeof value === 'string') return value.length * worstBytesPerCharacter + 3;
  if (typeof value !== 'object' || value === null) return worstBytesPerScalar;
  let bytes = 3;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && bytes <= limit; at++) bytes += upperBound(value[at], limit - bytes);
    return bytes;
  }
  for (const key in value) {
    bytes += key.length * worstBytesPerCharacter + 4 + upperBound(value[key as keyof typeof value], limit - bytes);
    if (bytes > limit) break;
  }
  return bytes;
};

export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Most payloads are far below the limit: those are told by a cheap bound, only the others are written out. */
export const exceeds = (value: unknown, limitBytes: number): boolean =>
  upperBound(value, limitBytes) > limitBytes && jsonBytes(value) > limitBytes;

/** @throws StateFailure States.DataLimitExceeded; `what` is a state's name, or `lambda` for a task's result. */
export const refuseTooLarge = (value: unknown, what: string): void => {
  if (!exceeds(value, maxPayloadBytes)) return;
  throw new StateFailure(
    StatesError.DataLimitExceeded,
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
};

/**
 * A value that the other side may change freely, and ours that it may change no more; nothing becomes null.
 * @throws TypeError when it cannot be written as JSON.
 */
export const jsonCopy = (value: unknown): unknown => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  const text = JSON.stringify(value);
  return text === undefined ? null : JSON.parse(text);
};
