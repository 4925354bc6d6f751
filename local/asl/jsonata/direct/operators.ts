import { createSequence } from '../sequence.ts';
import { type Evaluator, leaveToLibrary, NotDirect } from './evaluator.ts';
import { isEqual, isFiniteNumber, isTruthy, textOf } from './values.ts';

type Operate = (left: unknown, right: unknown) => unknown;

/** Either side missing gives nothing; a side that is no number, or a result that is none, is the library's to refuse. */
const arithmetic =
  (calculate: (left: number, right: number) => number): Operate =>
  (left, right) => {
    if (left !== undefined && !isFiniteNumber(left)) return leaveToLibrary();
    if (right !== undefined && !isFiniteNumber(right)) return leaveToLibrary();
    if (left === undefined || right === undefined) return undefined;
    const result = calculate(left, right);
    return Number.isFinite(result) ? result : leaveToLibrary();
  };

const isComparable = (value: unknown): boolean =>
  value === undefined || typeof value === 'string' || typeof value === 'number';

const comparison =
  (compare: (left: string | number, right: string | number) => boolean): Operate =>
  (left, right) => {
    if (!isComparable(left) || !isComparable(right)) return leaveToLibrary();
    if (left === undefined || right === undefined) return undefined;
    if (typeof left !== typeof right) return leaveToLibrary();
    return compare(left as number, right as number);
  };

const isIn: Operate = (left, right) => {
  if (left === undefined || right === undefined) return false;
  return (Array.isArray(right) ? right : [right]).some((item) => item === left);
};

/** The library's own limit is 10 million; longer ones, and wrong ends, go there to be refused. */
const rangeOf: Operate = (left, right) => {
  if (left !== undefined && !Number.isInteger(left)) return leaveToLibrary();
  if (right !== undefined && !Number.isInteger(right)) return leaveToLibrary();
  if (left === undefined || right === undefined) return undefined;
  const [first, last] = [left as number, right as number];
  if (first > last) return undefined;
  if (last - first >= 100_000) return leaveToLibrary();
  const sequence = createSequence();
  for (let item = first; item <= last; item++) sequence.push(item);
  return sequence.length === 1 ? first : sequence;
};

const operators: Record<string, Operate> = {
  '+': arithmetic((left, right) => left + right),
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': arithmetic((left, right) => left / right),
  '%': arithmetic((left, right) => left % right),
  '=': (left, right) => left !== undefined && right !== undefined && isEqual(left, right),
  '!=': (left, right) => left !== undefined && right !== undefined && !isEqual(left, right),
  '<': comparison((left, right) => left < right),
  '<=': comparison((left, right) => left <= right),
  '>': comparison((left, right) => left > right),
  '>=': comparison((left, right) => left >= right),
  '&': (left, right) => textOf(left) + textOf(right),
  in: isIn,
  '..': rangeOf,
};

export const binary = (operator: string, left: Evaluator, right: Evaluator): Evaluator => {
  if (operator === 'and') {
    return (context, scope) => isTruthy(left(context, scope)) && isTruthy(right(context, scope));
  }
  if (operator === 'or') {
    return (context, scope) => isTruthy(left(context, scope)) || isTruthy(right(context, scope));
  }
  const operate = operators[operator];
  if (operate === undefined) throw new NotDirect();
  return (context, scope) => operate(left(context, scope), right(context, scope));
};

export const negative =
  (of: Evaluator): Evaluator =>
  (context, scope) => {
    const value = of(context, scope);
    if (value === undefined) return undefined;
    return isFiniteNumber(value) ? -value : leaveToLibrary();
  };
