import type { AstNode } from '../ast.ts';
import { isSequence } from '../sequence.ts';
import { type Evaluator, leaveToLibrary, NotDirect } from './evaluator.ts';

type Compile = (node: AstNode, isOutput: boolean) => Evaluator;

/** A value that leaves the expression loses the mark of a sequence; inside, later steps may still look at it. */
const settle = (value: unknown): unknown => (isSequence(value) ? Array.from(value) : value);

/** `isOutput`: what is built here is the result of the whole expression, or a part of it. */
export const object = (node: AstNode, compile: Compile, isOutput: boolean): Evaluator => {
  const pairs = (node.lhs as [AstNode, AstNode][]).map(([key, value]) => ({
    literal: key.type === 'string' ? (key.value as string) : undefined,
    key: compile(key, false),
    value: compile(value, isOutput),
  }));
  const literals = pairs.map((pair) => pair.literal);
  if (literals.includes('__proto__') || new Set(literals).size !== literals.length) throw new NotDirect();
  return (context, scope) => {
    // Over an array the pairs are grouped: the library's business.
    if (Array.isArray(context)) return leaveToLibrary();
    const result: Record<string, unknown> = {};
    for (const pair of pairs) {
      const key = pair.literal ?? pair.key(context, scope);
      if (key === undefined) continue;
      if (typeof key !== 'string' || key === '__proto__' || Object.hasOwn(result, key)) return leaveToLibrary();
      const value = pair.value(context, scope);
      if (value !== undefined) result[key] = isOutput ? settle(value) : value;
    }
    return result;
  };
};

export const array = (node: AstNode, compile: Compile, isOutput: boolean): Evaluator => {
  if (node.consarray) throw new NotDirect();
  const items = node.expressions!.map((item) => ({
    // Only a nested array constructor stays an array; anything else is flattened into this one.
    isNested: item.value === '[',
    evaluate: compile(item, isOutput),
  }));
  return (context, scope) => {
    const result: unknown[] = [];
    for (const item of items) {
      const value = item.evaluate(context, scope);
      if (value === undefined) continue;
      if (Array.isArray(value) && !item.isNested) for (const each of value) result.push(each);
      else result.push(value);
    }
    return result;
  };
};
