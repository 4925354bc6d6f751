import { isSequence } from './sequence.ts';

/** The result cannot be written as JSON: a function, an infinite number. */
export class UnsupportedResultError extends Error {}

const isFunction = (value: object): boolean => '_jsonata_lambda' in value || '_jsonata_function' in value;

/**
 * A JSONata result as the JSON that AWS would store: marks of sequences and prototypes gone, undefined members left
 * out. What is plain already is returned as it is, not copied.
 * @throws UnsupportedResultError
 */
export const toPlain = (value: unknown): unknown => {
  switch (typeof value) {
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? plainArray(value) : plainObject(value as Record<string, unknown>);
    case 'number':
      if (!Number.isFinite(value)) throw new UnsupportedResultError();
      return value;
    case 'function':
    case 'symbol':
    case 'bigint':
      throw new UnsupportedResultError();
    default:
      return value;
  }
};

const plainArray = (array: unknown[]): unknown[] => {
  let copy: unknown[] | undefined = isSequence(array) || 'cons' in array ? Array.from(array) : undefined;
  for (let at = 0; at < array.length; at++) {
    const item = array[at];
    const plain = item === undefined ? null : toPlain(item);
    if (plain === item) continue;
    copy ??= array.slice();
    copy[at] = plain;
  }
  return copy ?? array;
};

const plainObject = (object: Record<string, unknown>): Record<string, unknown> => {
  if (isFunction(object)) throw new UnsupportedResultError();
  let copy: Record<string, unknown> | undefined =
    Object.getPrototypeOf(object) === Object.prototype ? undefined : Object.fromEntries(Object.entries(object));
  for (const key of Object.keys(object)) {
    const plain = toPlain(object[key]);
    if (plain === undefined) {
      copy ??= { ...object };
      delete copy[key];
    } else if (plain !== object[key]) {
      copy ??= { ...object };
      copy[key] = plain;
    }
  }
  return copy ?? object;
};
