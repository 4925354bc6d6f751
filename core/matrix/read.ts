import { AXES, type Axis } from './axes.ts';
import { checkEngineArguments } from './check-engine-arguments.ts';
import { type Combination, expand, TooMuchWorkError } from './expand.ts';
import { explain } from './explain.ts';
import { Origins } from './origin.ts';
import { carried, formatPath, type Path, type Problem, show } from './problems.ts';
import { Resolver } from './resolve.ts';
import { type Salvaged, salvage } from './salvage.ts';
import { MATRIX_DOCUMENT, type MatrixDocument } from './schema.ts';
import type { Matrix } from './types.ts';

export type MatrixResult = { ok: true; matrix: Matrix } | { ok: false; problems: Problem[] };

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
  const parsed = MATRIX_DOCUMENT.safeParse(input);
  const duplicates = duplicateValues(input);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => explain(issue, input))),
    ...duplicates.map(({ problem }) => problem),
  ];
  const checkable =
    parsed.success && duplicates.length === 0
      ? { document: parsed.data, broken: new Set<Axis>(), originalIndex: new Map() }
      : isObject(input.matrix)
        ? salvage(
            input,
            parsed.error?.issues ?? [],
            duplicates.map(({ path }) => path),
          )
        : undefined;
  if (checkable === undefined) return { ok: false, problems };
  const expanded = expandDocument(checkable);
  problems.push(...expanded.problems);
  if (problems.length > 0) return { ok: false, problems };
  const { $schema, matrix, defaults, ...settings } = checkable.document;
  return {
    ok: true,
    matrix: { ...settings, deployments: expanded.deployments, totalCells: expanded.totalCells },
  };
}

function expandDocument({ document, broken, originalIndex }: Salvaged) {
  const nothing = { deployments: [], totalCells: 0 };
  const { include = [], exclude = [], ...lists } = document.matrix;
  const axes: Record<string, readonly unknown[]> = {};
  for (const axis of AXES) if (lists[axis] !== undefined) axes[axis] = lists[axis];
  const origins = new Origins(document, Object.keys(axes), originalIndex);
  const problems = checkEngineArguments(document, origins);

  const product = Object.values(axes).reduce((count, list) => count * list.length, 1);
  if (product * document.repeats > MAX_CELLS) {
    return { ...nothing, problems: [...problems, tooManyCells(product * document.repeats)] };
  }
  let combinations: Combination<unknown>[];
  try {
    combinations = expand<unknown>({ axes, include, exclude }, MAX_MATCHES);
  } catch (error) {
    if (!(error instanceof TooMuchWorkError)) throw error;
    return { ...nothing, problems: [...problems, tooMuchWork(error.message)] };
  }
  if (combinations.length * document.repeats > MAX_CELLS) {
    return { ...nothing, problems: [...problems, tooManyCells(combinations.length * document.repeats)] };
  }
  // Every axis was wrong: one combination of stand-ins still shows what else is missing.
  if (combinations.length === 0 && Object.keys(axes).length === 0 && broken.size > 0) {
    combinations = [{ axisIndex: [], includes: [], values: {} }];
  }
  const resolver = new Resolver(document, origins, broken);
  for (const combination of combinations) resolver.add(combination);
  const resolved = resolver.result();
  problems.push(...resolved.problems);
  if (combinations.length === 0 && broken.size === 0) problems.push(noCells(document));
  return { ...resolved, problems };
}

interface Duplicate {
  path: Path;
  problem: Problem;
}

/** A value that stands twice on an axis would measure the same cells twice. */
function duplicateValues(input: Record<string, unknown>): Duplicate[] {
  if (!isObject(input.matrix)) return [];
  const found: Duplicate[] = [];
  for (const axis of AXES) {
    const list = input.matrix[axis];
    if (!Array.isArray(list)) continue;
    const first = new Map<string, number>();
    for (const [index, value] of list.entries()) {
      const key = isScalar(value) ? `${typeof value} ${value}` : isShallow(value) ? JSON.stringify(value) : undefined;
      if (key === undefined) continue;
      const before = first.get(key);
      if (before === undefined) {
        first.set(key, index);
        continue;
      }
      const path = ['matrix', axis, index];
      found.push({
        path,
        problem: {
          path: formatPath(path),
          value: carried(value),
          message: `${show(value)} stands here twice, at ${before} and at ${index}`,
          instead: 'each value once; "repeats" measures all cells several times',
          code: 'duplicate-value',
        },
      });
    }
  }
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

const isShallow = (value: unknown): boolean => Array.isArray(value) && value.every(isScalar);

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
