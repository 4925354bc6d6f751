import type { AstFilter, AstNode } from '../ast.ts';
import { collapse, createSequence, isSequence } from '../sequence.ts';
import { type Evaluator, leaveToLibrary, NotDirect } from './evaluator.ts';
import { isFiniteNumber, isTruthy } from './values.ts';

type Compile = (node: AstNode) => Evaluator;

/** The value of a name in an object, or in all objects of an array. */
const lookup = (input: unknown, name: string): unknown => {
  if (typeof input !== 'object' || input === null) return undefined;
  if (!Array.isArray(input)) return Object.hasOwn(input, name) ? input[name as keyof typeof input] : undefined;
  const found = createSequence();
  for (const item of input) {
    const value = lookup(item, name);
    if (Array.isArray(value)) found.push(...value);
    else if (value !== undefined) found.push(value);
  }
  return found;
};

interface Step {
  evaluate: Evaluator;
  filters: ((value: unknown, scope: Parameters<Evaluator>[1]) => unknown)[];
}

/** Steps through `input`; the last step of a path keeps a single array as it is. */
const takeStep = (step: Step, input: unknown[], isLast: boolean, scope: Parameters<Evaluator>[1]): unknown[] => {
  const found: unknown[] = [];
  for (const item of input) {
    let value = step.evaluate(item, scope);
    for (const filter of step.filters) value = filter(value, scope);
    if (value !== undefined) found.push(value);
  }
  const first = found[0];
  if (isLast && found.length === 1 && Array.isArray(first) && !isSequence(first)) return first;
  const flat = createSequence();
  for (const value of found) {
    if (Array.isArray(value)) for (const item of value) flat.push(item);
    else flat.push(value);
  }
  return flat;
};

const walk = (steps: Step[], start: unknown[], scope: Parameters<Evaluator>[1]): unknown => {
  let sequence = start;
  for (const [index, step] of steps.entries()) {
    sequence = takeStep(step, sequence, index === steps.length - 1, scope);
    if (sequence.length === 0) break;
  }
  return collapse(sequence);
};

/** `[3]` takes by position, any other predicate is tried on every item. */
export const filter = ({ type, expr }: AstFilter, compile: Compile): Step['filters'][number] => {
  if (type !== 'filter') throw new NotDirect();
  const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : createSequence(value));
  if (expr.type === 'number') {
    const position = Math.floor(expr.value as number);
    return (value) => {
      const items = asArray(value);
      const item = items[position < 0 ? items.length + position : position];
      if (item === undefined) return createSequence();
      return Array.isArray(item) ? item : createSequence(item);
    };
  }
  const predicate = compile(expr);
  return (value, scope) => {
    const items = asArray(value);
    const kept = createSequence();
    items.forEach((item, index) => {
      const answer = predicate(item, scope);
      const positions = isFiniteNumber(answer) ? [answer] : answer;
      if (Array.isArray(positions) && positions.every(isFiniteNumber)) {
        for (const position of positions) {
          const floor = Math.floor(position);
          if ((floor < 0 ? items.length + floor : floor) !== index) continue;
          if (item === undefined) leaveToLibrary();
          kept.push(item);
        }
      } else if (isTruthy(answer)) {
        // The library keeps even a missing value here; what becomes of it is its business.
        if (item === undefined) leaveToLibrary();
        kept.push(item);
      }
    });
    return kept;
  };
};

const plainNames = (steps: AstNode[]): string[] | undefined =>
  steps.every((step) => step.type === 'name' && step.stages === undefined)
    ? steps.map((step) => step.value as string)
    : undefined;

/** The common case, `$variable.name.name` over objects, without a sequence in between. */
const namesFrom = (start: Evaluator, names: string[], general: Evaluator): Evaluator => {
  return (context, scope) => {
    let value = start(context, scope);
    for (const name of names) {
      if (Array.isArray(value)) return general(context, scope);
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = value[name as keyof typeof value];
    }
    return value;
  };
};

export const path = (node: AstNode, compile: Compile): Evaluator => {
  const steps = node.steps!;
  if (node.keepSingletonArray || node.group !== undefined || node.tuple) throw new NotDirect();
  for (const step of steps) {
    const special = step.tuple || step.focus !== undefined || step.index !== undefined || step.consarray;
    if (special || ['sort', 'parent', 'wildcard', 'descendant'].includes(step.type)) throw new NotDirect();
  }
  const compiled = steps.map((step): Step => {
    const { stages = [], ...bare } = step;
    return { evaluate: compile(bare), filters: stages.map((stage) => filter(stage, compile)) };
  });
  const first = steps[0]!;
  const isAbsolute = first.type === 'variable';
  const general: Evaluator = (context, scope) =>
    walk(compiled, Array.isArray(context) && !isAbsolute ? context : createSequence(context), scope);
  const names = plainNames(steps.slice(1));
  if (isAbsolute && first.stages === undefined && names !== undefined) {
    return namesFrom(compiled[0]!.evaluate, names, general);
  }
  return general;
};

export const name =
  (of: string): Evaluator =>
  (context) =>
    collapse(lookup(context, of));

/** A path that begins with `$states.input` and the like needs no `$states` object. */
export const statesField = (field: string): Evaluator | undefined => {
  switch (field) {
    case 'input':
      return (_, scope) => scope.input;
    case 'result':
      return (_, scope) => scope.result;
    case 'errorOutput':
      return (_, scope) => scope.errorOutput;
    case 'context':
      return (_, scope) => scope.context;
    default:
      return undefined;
  }
};
