import { AXES, type Axis } from './axes.ts';
import { checkEngineArguments } from './check-engine-arguments.ts';
import { type Duplicate, duplicateValues } from './duplicate-values.ts';
import { type Combination, expand, TooMuchWorkError } from './expand.ts';
import { explain } from './explain.ts';
import { Origins } from './origin.ts';
import { carried, type Problem, show } from './problems.ts';
import { reservedNames } from './reserved-names.ts';
import { Resolver } from './resolve.ts';
import { type Respelled, respell } from './respell.ts';
import { isLeast, isUnpriceable, type RestOfMatrix } from './rest.ts';
import { type Salvaged, salvage } from './salvage.ts';
import type { MatrixDocument } from './schema.ts';
import { checkSize } from './size.ts';
import type { Matrix } from './types.ts';

export type MatrixResult =
  | { ok: true; matrix: Matrix }
  /** `rest`: what prices and quotas can still be asked about, so that all mistakes come in one answer. */
  | { ok: false; problems: Problem[]; rest?: RestOfMatrix };

/** What one run can hold in memory and finish. */
const MAX_CELLS = 250_000;
const MAX_MATCHES = 5_000_000;

/**
 * Reads a matrix: checks it, expands it, and groups its cells on deployments. Every mistake is reported at once, each
 * with its path, its value and what to write instead. Needs no prices: what does is checked by the plan.
 */
export function readMatrix(input: unknown): MatrixResult {
  if (!isObject(input)) {
    const value = Array.isArray(input) ? 'a list' : show(input);
    const message = `a matrix is a JSON object, and this is ${value}`;
    return {
      ok: false,
      problems: [{ path: '', value: carried(input), message, instead: '{"name": ...}', code: 'not-an-object' }],
    };
  }
  const respelled = respell(input);
  const { document, parsed, asWritten } = respelled;
  const duplicates = duplicateValues(document);
  const form = [
    ...checkSize(document),
    ...(parsed.success ? [] : parsed.issues.flatMap((issue) => explain(issue, document))),
    ...duplicates.map(({ problem }) => problem),
    ...checkEngineArguments(document),
    ...reservedNames(document),
  ];
  const told = (problems: readonly Problem[]) => [
    ...respelled.problems,
    ...problems.map((problem) => ({ ...problem, path: asWritten(problem.path) })),
  ];
  const checkable = checkableOf(respelled, duplicates);
  if (checkable === undefined) return { ok: false, problems: told(form) };
  const { deployments, totalCells, flawed, problems: found } = expandDocument(checkable);
  const problems = [...form, ...found];
  const { $schema, matrix: _axes, defaults, ...settings } = checkable.document;
  const matrix: Matrix = { ...settings, deployments, totalCells };
  if (problems.length === 0 && respelled.problems.length === 0) return { ok: true, matrix };
  if (isUnpriceable(checkable, problems)) return { ok: false, problems: told(problems) };
  const rest = {
    matrix: {
      ...matrix,
      deployments: deployments.map((one) => ({ ...one, instanceTypePath: asWritten(one.instanceTypePath) })),
    },
    flawed,
    isLeast: isLeast(checkable, form, found),
  };
  return { ok: false, problems: told(problems), rest };
}

function checkableOf({ document, parsed }: Respelled, duplicates: readonly Duplicate[]): Salvaged | undefined {
  if (parsed.success && duplicates.length === 0) {
    const nothing = new Set<Axis>();
    return {
      ...{
        document: parsed.data,
        broken: nothing,
        promised: { byDefaults: false, byInclude: nothing },
        knowsEndpoints: true,
        excludesTooMuch: false,
      },
      originalIndex: new Map(),
    };
  }
  if (!('matrix' in document && isObject(document.matrix))) return undefined;
  return salvage(
    document,
    parsed.success ? [] : parsed.issues,
    duplicates.map(({ path }) => path),
  );
}

function expandDocument(salvaged: Salvaged) {
  const { document, broken, promised, knowsEndpoints, originalIndex } = salvaged;
  const nothing = { deployments: [], totalCells: 0, flawed: new Set<string>() };
  const { include = [], exclude = [], ...lists } = document.matrix;
  const axes: Record<string, readonly unknown[]> = {};
  for (const axis of AXES) if (lists[axis] !== undefined) axes[axis] = lists[axis];
  const origins = new Origins(document, Object.keys(axes), originalIndex);

  const product = Object.values(axes).reduce((count, list) => count * list.length, 1);
  if (product * document.repeats > MAX_CELLS) {
    return { ...nothing, problems: [tooManyCells(product * document.repeats)] };
  }
  let combinations: Combination<unknown>[];
  try {
    combinations = expand<unknown>({ axes, include, exclude }, MAX_MATCHES);
  } catch (error) {
    if (!(error instanceof TooMuchWorkError)) throw error;
    return { ...nothing, problems: [tooMuchWork(error.message)] };
  }
  if (combinations.length * document.repeats > MAX_CELLS) {
    return { ...nothing, problems: [tooManyCells(combinations.length * document.repeats)] };
  }
  const isWhole =
    broken.size === 0 && !promised.byDefaults && promised.byInclude.size === 0 && !salvaged.excludesTooMuch;
  // Every axis was wrong: one combination of stand-ins still shows what else is missing.
  if (combinations.length === 0 && Object.keys(axes).length === 0 && broken.size > 0) {
    combinations = [{ axisIndex: [], includes: [], values: {} }];
  }
  const resolver = new Resolver(salvaged, origins);
  for (const combination of combinations) resolver.add(combination);
  const resolved = resolver.result();
  const problems = resolved.problems.filter(
    ({ code, path }) => knowsEndpoints || code !== 'missing' || path !== 'endpoints',
  );
  if (combinations.length === 0 && isWhole) problems.push(noCells(document));
  return { ...resolved, problems: [...problems, ...excludesNothing(exclude, { axes, broken, origins })] };
}

/** An entry that names what is no axis matches nothing, and what it was to leave out would be paid for. */
function excludesNothing(
  exclude: readonly Readonly<Record<string, unknown>>[],
  { axes, broken, origins }: { axes: object; broken: ReadonlySet<Axis>; origins: Origins },
): Problem[] {
  return exclude.flatMap((entry, index) =>
    Object.entries(entry)
      .filter(([key]) => !Object.hasOwn(axes, key) && !broken.has(key as Axis))
      .map(([key, value]) => ({
        code: 'not-an-axis',
        path: origins.path(['matrix', 'exclude', index, key]),
        value: carried(value),
        message: `${key} is no axis of this matrix, so that this entry leaves out nothing`,
        instead: `"${key}" as a list under "matrix", or an entry without it`,
      })),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const tooManyCells = (cells: number): Problem => ({
  code: 'too-many-cells',
  path: 'matrix',
  value: undefined,
  message: `${cells} cells, before exclude; a matrix may have ${MAX_CELLS}`,
  instead: 'fewer values, or several matrices',
});

const tooMuchWork = (message: string): Problem => ({
  code: 'too-much-work',
  path: 'matrix.include',
  value: undefined,
  message,
  instead: 'entries that name what they mean, or axes instead of entries',
});

const noCells = ({ matrix }: MatrixDocument): Problem => ({
  code: 'no-cells',
  path: 'matrix',
  value: undefined,
  message: 'nothing is left to measure',
  instead:
    (matrix.exclude ?? []).length > 0 ? 'fewer entries in "exclude"' : 'axes, such as "instanceType": ["g5.8xlarge"]',
});
