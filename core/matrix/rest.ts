import type { Problem } from './problems.ts';
import type { Salvaged } from './salvage.ts';
import type { Matrix } from './types.ts';

/** What could be expanded of a matrix that has mistakes. */
export interface RestOfMatrix {
  matrix: Matrix;
  /** Ids of deployments that cannot be as they are: what they would cost says nothing. */
  flawed: ReadonlySet<string>;
  /** Whether the whole matrix, put right, costs no less than the rest: only then may the budget be held against it. */
  isLeast: boolean;
}

/** What is bought and where is not known: whatever prices and quotas say would be said of a stand-in. */
export const isUnpriceable = ({ broken }: Salvaged, problems: readonly Problem[]): boolean =>
  broken.has('instanceType') || broken.has('capacityType') || problems.some(({ path }) => path === 'region');

/** Parts of the document that no price hangs on. */
const COSTS_NOTHING: ReadonlySet<string> = new Set(['name', 'description', '$schema', 'slo', 'cluster']);

/** A value of an axis, by its index: without it there are fewer cells. How a node is bought is another matter. */
const AXIS_VALUE = /^matrix\.(?!include|exclude|capacityType)\w+\[\d+\]/;

/** Mistakes in combinations of which it is not known how they will be put right, by less or by more. */
const MAY_SAVE: ReadonlySet<Problem['code']> = new Set([
  'too-many-requests',
  'too-many-cells',
  'too-many-deployments',
  'too-much-work',
  'capacity-type-twice',
  'id-collision',
]);

/**
 * @param form mistakes in single fields, each of which was left out
 * @param found mistakes in combinations, which were left out or make their deployment a flawed one
 */
export const isLeast = (
  { broken, promised, excludesTooMuch }: Salvaged,
  form: readonly Problem[],
  found: readonly Problem[],
): boolean =>
  broken.size === 0 &&
  !promised.byDefaults &&
  promised.byInclude.size === 0 &&
  !excludesTooMuch &&
  form.every(
    ({ code, path }) => code === 'owned-argument' || AXIS_VALUE.test(path) || COSTS_NOTHING.has(topOf(path)),
  ) &&
  !found.some(({ code }) => MAY_SAVE.has(code));

const topOf = (path: string): string => path.split(/[.[]/, 1)[0] as string;
