import jsonata from 'jsonata';

/** A node of JSONata's parse tree; the library's own type leaves out most of what is in it. */
export interface AstNode {
  type: string;
  value?: unknown;
  position?: number;
  steps?: AstNode[];
  expressions?: AstNode[];
  expression?: AstNode;
  arguments?: AstNode[];
  procedure?: AstNode;
  condition?: AstNode;
  then?: AstNode;
  else?: AstNode;
  /** A node; or, in an object constructor, its pairs of key and value. */
  lhs?: AstNode | [AstNode, AstNode][];
  rhs?: AstNode;
  predicate?: AstFilter[];
  stages?: AstFilter[];
  group?: unknown;
  keepArray?: boolean;
  keepSingletonArray?: boolean;
  consarray?: boolean;
  tuple?: boolean;
  focus?: string;
  index?: string;
}

export interface AstFilter {
  type: 'filter' | 'index';
  expr: AstNode;
}

export type Jsonata = ReturnType<typeof jsonata>;

/** @throws the library's error, with `code` and `message`, when the source does not parse. */
export const parse = (source: string, options: { timeout: number }): { compiled: Jsonata; ast: AstNode } => {
  const compiled = jsonata(source, options);
  return { compiled, ast: compiled.ast() as unknown as AstNode };
};
