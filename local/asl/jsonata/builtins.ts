import jsonata from 'jsonata';

/** JSONata's own function objects, as its evaluator sees them. */
export interface Builtin {
  implementation: (this: BuiltinFocus, ...args: never[]) => unknown;
  signature: { validate(args: unknown[], context: unknown): never[] };
}

interface BuiltinFocus {
  createSequence(...items: unknown[]): unknown[];
  options?: object;
  input?: unknown;
}

const synchronous = [
  'abs',
  'append',
  'average',
  'base64decode',
  'base64encode',
  'boolean',
  'ceil',
  'count',
  'distinct',
  'exists',
  'floor',
  'formatBase',
  'formatInteger',
  'formatNumber',
  'fromMillis',
  'join',
  'keys',
  'length',
  'lookup',
  'lowercase',
  'max',
  'merge',
  'min',
  'not',
  'number',
  'pad',
  'power',
  'reverse',
  'round',
  'spread',
  'sqrt',
  'string',
  'substring',
  'substringAfter',
  'substringBefore',
  'sum',
  'toMillis',
  'trim',
  'type',
  'uppercase',
  'zip',
] as const;

export type BuiltinName = (typeof synchronous)[number];

const asynchronous = [
  'assert',
  'clone',
  'contains',
  'decodeUrl',
  'decodeUrlComponent',
  'each',
  'encodeUrl',
  'encodeUrlComponent',
  'error',
  'eval',
  'filter',
  'map',
  'match',
  'millis',
  'now',
  'parseInteger',
  'random',
  'reduce',
  'replace',
  'shuffle',
  'sift',
  'single',
  'sort',
  'split',
];

/** Names that JSONata itself gives a meaning to; a workflow variable of that name hides it. */
export const isBuiltinName = (name: string): boolean => builtins.has(name) || asynchronous.includes(name);

/**
 * The functions that the compiled expressions may call: JSONata's own implementations, asked from JSONata once,
 * so that nothing of theirs is written again here. Only those that do not return a promise.
 */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  await Promise.all(
    synchronous.map(async (name): Promise<[string, Builtin]> => [name, await jsonata(`$${name}`).evaluate(undefined)]),
  ),
);

export const builtin = (name: BuiltinName): Builtin => builtins.get(name)!;
