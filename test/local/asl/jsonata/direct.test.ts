import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '#local/asl/jsonata/ast.ts';
import { compileDirectly } from '#local/asl/jsonata/direct/compile.ts';
import { toPlain } from '#local/asl/jsonata/plain.ts';
import { type Scope, statesOf } from '#local/asl/jsonata/scope.ts';
import { json, source } from './expressions.arbitrary.ts';

const scopeOf = (input: unknown, variables: Record<string, unknown>): Scope => ({
  input,
  result: undefined,
  errorOutput: undefined,
  context: { a: [{ b: 1 }, { b: 2 }], c: null },
  variable: (name) => variables[name],
  variables: () => variables,
  functions: {},
});

type Answer = { value: unknown } | 'not direct' | 'left to the library' | 'error';

const direct = (text: string, scope: Scope): Answer => {
  const evaluate = compileDirectly(parse(text, { timeout: 1000 }).ast);
  if (evaluate === undefined) return 'not direct';
  try {
    return { value: evaluate(undefined, scope) };
  } catch {
    return 'left to the library';
  }
};

const library = async (text: string, scope: Scope): Promise<Answer> => {
  try {
    const { compiled } = parse(text, { timeout: 1000 });
    const states = statesOf(scope);
    return { value: toPlain(await compiled.evaluate(undefined, { ...scope.variables(), states })) };
  } catch {
    return 'error';
  }
};

const isParsable = (text: string): boolean => {
  try {
    parse(text, { timeout: 1000 });
    return true;
  } catch {
    return false;
  }
};

/** JSONata's mark of a sequence must not leave an expression: a later one would take the value for its own. */
const isMarked = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return 'sequence' in value || Object.values(value).some(isMarked);
};

describe('direct evaluation', () => {
  it('gives what the library gives, whatever the expression and the data, or leaves it to the library', async () => {
    const seen = { total: 0, answered: 0, direct: 0 };
    await fc.assert(
      fc.asyncProperty(source.filter(isParsable), json, json, json, async (text, input, v, w) => {
        // A workflow variable may have the name of a function.
        const scope = scopeOf(input, { v, w, ...(v === null ? { count: 3 } : {}) });
        const answer = direct(text, scope);
        seen.total++;
        if (answer !== 'not direct') seen.direct++;
        if (typeof answer === 'string') return;
        seen.answered++;
        const asked = await library(text, scope);
        expect(answer, text).toEqual(asked);
        expect(isMarked(answer.value), text).toBe(false);
        expect(JSON.stringify(answer), text).toBe(JSON.stringify(asked));
      }),
      { numRuns: 2000 },
    );
    // Otherwise the property would say little.
    expect(seen.direct / seen.total).toBeGreaterThan(0.5);
    expect(seen.answered / seen.total).toBeGreaterThan(0.3);
  });

  it.each([
    '$states.input.a.b',
    '$states.context.Execution.Id',
    '$status = "ready" and $left > 0',
    '$not($exists($states.input.a))',
    '$states.result.Payload.count + 1',
    '"runs/" & $run & "/" & $string($n)',
    '{"status": $states.result.Payload.status, "left": $left - 1}',
    '$merge([$states.input, {"a": 1}])',
    '$left > 0 ? "more" : "done"',
    '[$states.input.cells]',
    '$count($states.input.cells[status = "failed"]) = 0',
    '$states.input.status in ["a", "b"]',
    '$states.input.cells[0].id',
    '$states.input.cells.id',
    '[0..$count($cells) - 1]',
  ])('answers %s at once', (text) => {
    expect(compileDirectly(parse(text, { timeout: 1000 }).ast)).toBeDefined();
  });

  it.each(['$v.a', '{"ids": $v.a}', '{"deep": {"ids": $v.a}}', 'true ? {"ids": $v.a}', '[{"ids": $v.a}]'])(
    'gives %s as plain lists',
    (text) => {
      const answer = direct(text, scopeOf({}, { v: [{ a: 1 }, { a: 2 }] })) as { value: unknown };
      expect(JSON.stringify(answer.value)).toContain('[1,2]');
      expect(isMarked(answer.value)).toBe(false);
    },
  );

  it('sees workflow variables before the functions of the same name', () => {
    expect(direct('$count + 1', scopeOf({}, { count: 2 }))).toEqual({ value: 3 });
    expect(direct('$count([1, 2])', scopeOf({}, { count: 2 }))).toBe('left to the library');
  });
});
