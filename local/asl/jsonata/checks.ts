import type { AstNode } from './ast.ts';

const isNode = (value: unknown): value is AstNode =>
  typeof value === 'object' && value !== null && typeof (value as AstNode).type === 'string';

/** Where a node begins in the source; some nodes carry no position of their own. */
const firstPosition = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return Number.POSITIVE_INFINITY;
  const own = isNode(value) && typeof value.position === 'number' ? value.position : Number.POSITIVE_INFINITY;
  return Math.min(own, ...Object.values(value).map(firstPosition));
};

/** JSONata 2.1 brought `?:` and `??`, which parse to a condition whose answer stands before the operator. */
const isNewerOperator = (node: AstNode): boolean =>
  node.type === 'condition' && firstPosition(node.then) < (node.position ?? 0);

/** The parts of a node whose `$` is an item at hand, not the top level's nothing. */
const isContextual = (node: AstNode, key: string): boolean =>
  ['stages', 'predicate', 'group', 'terms', 'pattern', 'update', 'delete', 'body'].includes(key) ||
  (node.type === 'path' && key === 'steps');

/** What AWS refuses, or could not run, in an expression that parses. */
export const problemsOf = (ast: AstNode): string[] => {
  const problems = new Set<string>();
  const visit = (value: unknown, hasContext: boolean): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, hasContext);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (isNode(value)) check(value, hasContext);
    for (const [key, child] of Object.entries(value)) {
      if (isNode(value) && value.type === 'path' && key === 'steps') {
        // The first step still stands in the context of the path itself.
        visit(value.steps![0], hasContext);
        visit(value.steps!.slice(1), true);
      } else {
        visit(child, hasContext || (isNode(value) && isContextual(value, key)));
      }
    }
  };
  const check = (node: AstNode, hasContext: boolean): void => {
    if (node.type === 'variable' && node.value === '$') problems.add('$$ is not available in Step Functions');
    if (node.type === 'variable' && node.value === '' && !hasContext) {
      problems.add('$ is not available at the top level: name a variable, or $states.input');
    }
    if (node.type === 'variable' && node.value === 'eval') problems.add('$eval is not available: use $parse for JSON');
    if (isNewerOperator(node)) {
      problems.add('?: and ?? came after JSONata 2.0.6, which Step Functions runs: write condition ? a : b');
    }
  };
  visit(ast, false);
  return [...problems];
};
