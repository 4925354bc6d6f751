import type { AstNode } from '../ast.ts';
import { awsFunctionNames } from '../aws-functions.ts';
import { isBuiltinName } from '../builtins.ts';
import { toPlain } from '../plain.ts';
import { statesOf } from '../scope.ts';
import { collapse, isSequence } from '../sequence.ts';
import { array, object } from './constructors.ts';
import { type Evaluator, leaveToLibrary, NotDirect } from './evaluator.ts';
import { call } from './functions.ts';
import { binary, negative } from './operators.ts';
import { filter, name, path, statesField } from './paths.ts';
import { isTruthy } from './values.ts';

const variable = (of: string): Evaluator => {
  if (of === '') return (context) => context;
  if (of === '$') throw new NotDirect();
  if (of === 'states') return (_, scope) => statesOf(scope);
  if (!isBuiltinName(of) && !awsFunctionNames.has(of)) return (_, scope) => scope.variable(of);
  return (_, scope) => scope.variable(of) ?? leaveToLibrary();
};

const condition = (node: AstNode, isOutput: boolean): Evaluator => {
  const test = compileNode(node.condition!, false);
  const yes = compileNode(node.then!, isOutput);
  const no = node.else === undefined ? () => undefined : compileNode(node.else, isOutput);
  return (context, scope) => (isTruthy(test(context, scope)) ? yes(context, scope) : no(context, scope));
};

const block = (node: AstNode, isOutput: boolean): Evaluator => {
  const parts = node.expressions!;
  if (node.consarray) throw new NotDirect();
  const evaluators = parts.map((part, index) => compileNode(part, isOutput && index === parts.length - 1));
  return (context, scope) => {
    let result: unknown;
    for (const evaluate of evaluators) result = evaluate(context, scope);
    return result;
  };
};

const functionCall = (node: AstNode): Evaluator => {
  const { procedure } = node;
  if (procedure?.type !== 'variable' || procedure.predicate !== undefined) throw new NotDirect();
  return call(
    procedure.value as string,
    node.arguments!.map((argument) => compileNode(argument, false)),
  );
};

/** `$states.input.a` begins at the second step: there is no `$states` object to be made. */
const pathFromStates = (node: AstNode): Evaluator | undefined => {
  const [first, second, ...rest] = node.steps ?? [];
  if (first?.type !== 'variable' || first.value !== 'states' || first.predicate || second?.type !== 'name') {
    return undefined;
  }
  const field = statesField(second.value as string);
  if (field === undefined || second.stages !== undefined || node.keepSingletonArray || node.group !== undefined) {
    return undefined;
  }
  if (rest.length === 0) return field;
  return path({ ...node, steps: [{ type: 'variable', value: fieldMark + second.value }, ...rest] }, (step) =>
    compileNode(step, false),
  );
};

/** No JSONata variable can begin so. */
const fieldMark = '.';

const bareNode = (node: AstNode, isOutput: boolean): Evaluator => {
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value': {
      const { value } = node;
      return () => value;
    }
    case 'variable': {
      const named = node.value as string;
      return named.startsWith(fieldMark) ? statesField(named.slice(1))! : variable(named);
    }
    case 'name':
      return name(node.value as string);
    case 'path':
      return pathFromStates(node) ?? path(node, (step) => compileNode(step, false));
    case 'binary':
      return binary(
        node.value as string,
        compileNode(node.lhs as AstNode, false),
        compileNode(node.rhs as AstNode, false),
      );
    case 'unary':
      if (node.value === '-') return negative(compileNode(node.expression!, false));
      return node.value === '{' ? object(node, compileNode, isOutput) : array(node, compileNode, isOutput);
    case 'condition':
      return condition(node, isOutput);
    case 'block':
      return block(node, isOutput);
    case 'function':
      return functionCall(node);
    default:
      throw new NotDirect();
  }
};

const compileNode = (node: AstNode, isOutput: boolean): Evaluator => {
  if (node.keepArray || (node.type !== 'path' && node.group !== undefined)) throw new NotDirect();
  if (node.predicate === undefined) return bareNode(node, isOutput);
  const evaluate = bareNode(node, false);
  const filters = node.predicate.map((predicate) => filter(predicate, (inner) => compileNode(inner, false)));
  return (context, scope) => {
    let value = evaluate(context, scope);
    for (const keep of filters) value = keep(value, scope);
    return collapse(value);
  };
};

/** Whether what comes out is plain JSON but for a mark on the outermost array. */
const isShallow = (node: AstNode): boolean => {
  switch (node.type) {
    case 'function':
      return false;
    case 'condition':
      return isShallow(node.then!) && (node.else === undefined || isShallow(node.else));
    case 'block':
      return node.expressions!.every(isShallow);
    case 'path':
      return node.steps!.every((step) => step.type === 'variable' || step.type === 'name');
    case 'unary':
      if (node.value === '{') return (node.lhs as [AstNode, AstNode][]).every(([, value]) => isShallow(value));
      return node.value === '-' || node.expressions!.every(isShallow);
    case 'variable':
      return node.value !== 'states';
    default:
      return true;
  }
};

/**
 * Compiles an expression to a closure that gives what the library would give, made plain; undefined when its form
 * is left to the library. A closure may also throw: then, too, the library has to be asked.
 */
export const compileDirectly = (ast: AstNode): Evaluator | undefined => {
  try {
    const evaluate = compileNode(ast, true);
    if (!isShallow(ast)) return (context, scope) => toPlain(evaluate(context, scope));
    return (context, scope) => {
      const value = evaluate(context, scope);
      return isSequence(value) ? Array.from(value) : value;
    };
  } catch (error) {
    if (error instanceof NotDirect) return undefined;
    throw error;
  }
};
