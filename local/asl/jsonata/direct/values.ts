import { builtin } from '../builtins.ts';
import { leaveToLibrary } from './evaluator.ts';

const stringify = builtin('string').implementation as (value: unknown) => string;

export const isFiniteNumber = (value: unknown): value is number => {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  return Number.isFinite(value) || leaveToLibrary();
};

/** JSONata's notion of truth; undefined stays undefined there, and is false wherever it matters. */
export const isTruthy = (value: unknown): boolean => {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return isFiniteNumber(value) && value !== 0;
    case 'object':
      if (value === null) return false;
      if (!Array.isArray(value)) return Object.keys(value).length > 0;
      return value.length === 1 ? isTruthy(value[0]) : value.some(isTruthy);
    default:
      return false;
  }
};

export const isEqual = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
  }
  // An array beside an object compares by own property names ("length" too) in the library: leave such oddities there.
  if (Array.isArray(left) || Array.isArray(right)) return leaveToLibrary();
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) => Object.hasOwn(right, key) && isEqual(left[key as keyof typeof left], right[key as keyof typeof right]),
  );
};

/** What `&` joins. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : stringify(value);
};
