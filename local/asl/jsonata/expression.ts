import { QueryFailure } from '../run/failure.ts';
import { type AstNode, type Jsonata, parse } from './ast.ts';
import { problemsOf } from './checks.ts';
import { compileDirectly } from './direct/compile.ts';
import type { Evaluator } from './direct/evaluator.ts';
import { heard } from './heard.ts';
import { toPlain, UnsupportedResultError } from './plain.ts';
import { type Scope, statesOf } from './scope.ts';

/** Real milliseconds after which an evaluation is given up: a runaway expression holds up everything else. */
const evaluationTimeoutMs = 5_000;

/** The source does not parse, or uses what Step Functions does not offer. */
export class ExpressionError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** A JSONata expression, compiled once when its state machine is loaded. */
export class Expression {
  readonly source: string;
  /** As AWS names it in causes: `Output/result`. */
  readonly field: string;
  readonly #direct: Evaluator | undefined;
  readonly #library: Jsonata;

  /** @throws ExpressionError */
  constructor(source: string, field: string) {
    this.source = source;
    this.field = field;
    const { compiled, ast } = parseOrRefuse(source);
    this.#library = compiled;
    this.#direct = compileDirectly(ast);
  }

  /** Whether it can answer without a promise. */
  get isDirect(): boolean {
    return this.#direct !== undefined;
  }

  /** The value as plain JSON. Fails, or rejects, with a QueryFailure; nothing (undefined) is a failure as well. */
  evaluate(scope: Scope): unknown {
    if (this.#direct === undefined) return this.#askLibrary(scope);
    let value: unknown;
    try {
      value = this.#direct(undefined, scope);
    } catch {
      return this.#askLibrary(scope);
    }
    return value === undefined ? this.#failAsUndefined() : value;
  }

  failAsUnexpectedType(expected: string, value: unknown): never {
    const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    throw this.#failure(
      `returned an unexpected result type. Expected '${expected}', but was '${actual}' for value: ${JSON.stringify(value)}`,
    );
  }

  #askLibrary(scope: Scope): Promise<unknown> {
    return heard(this.#evaluateInLibrary(scope));
  }

  async #evaluateInLibrary(scope: Scope): Promise<unknown> {
    let value: unknown;
    try {
      value = toPlain(
        await this.#library.evaluate(undefined, { ...scope.functions, ...scope.variables(), states: statesOf(scope) }),
      );
    } catch (error) {
      if (error instanceof UnsupportedResultError) throw this.#failure('returned an unsupported result type.');
      const { code, message } = error as { code?: string; message?: string };
      throw this.#failure(`threw an error during evaluation. ${code === undefined ? '' : `${code}: `}${message}`);
    }
    return value === undefined ? this.#failAsUndefined() : value;
  }

  #failAsUndefined(): never {
    throw this.#failure('returned nothing (undefined).');
  }

  #failure(what: string): QueryFailure {
    return new QueryFailure(
      `The JSONata expression '${this.source}' specified for the field '${this.field}' ${what}`,
      this.field,
    );
  }
}

const parseOrRefuse = (source: string): { compiled: Jsonata; ast: AstNode } => {
  let parsed: { compiled: Jsonata; ast: AstNode };
  try {
    parsed = parse(source, { timeout: evaluationTimeoutMs });
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    throw new ExpressionError([`JSONata ${code ?? ''}: ${message}`]);
  }
  const problems = problemsOf(parsed.ast);
  if (problems.length > 0) throw new ExpressionError(problems);
  return parsed;
};
