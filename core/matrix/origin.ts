import type { Axis } from './axes.ts';
import type { Combination } from './expand.ts';
import { formatPath, type Path } from './problems.ts';
import type { MatrixDocument } from './schema.ts';

/** Tells where in the user's document the value of a combination's axis stands. */
export class Origins {
  readonly #axes: readonly string[];
  readonly #document: MatrixDocument;
  readonly #originalIndex: ReadonlyMap<string, readonly number[]>;

  constructor(
    document: MatrixDocument,
    axes: readonly string[],
    originalIndex: ReadonlyMap<string, readonly number[]>,
  ) {
    this.#document = document;
    this.#axes = axes;
    this.#originalIndex = originalIndex;
  }

  /** Falls back on the place where a value could be written. */
  of(combination: Combination<unknown>, axis: Axis | 'note'): string {
    const include = this.#document.matrix.include ?? [];
    const from = combination.includes.findLast((number) => Object.hasOwn(include[number] ?? {}, axis));
    if (from !== undefined) return this.path(['matrix', 'include', from, axis]);
    const position = this.#axes.indexOf(axis);
    if (position >= 0 && combination.axisIndex !== undefined) {
      return this.path(['matrix', axis, combination.axisIndex[position] as number]);
    }
    if (Object.hasOwn(this.#document.defaults, axis)) return this.path(['defaults', axis]);
    const [created] = combination.includes;
    return combination.axisIndex === undefined && created !== undefined
      ? this.path(['matrix', 'include', created, axis])
      : this.path(['matrix', axis]);
  }

  /** The entry or the list that made the combination what it is. */
  ofCombination(combination: Combination<unknown>): string {
    const [created] = combination.includes;
    return combination.axisIndex === undefined && created !== undefined
      ? this.path(['matrix', 'include', created])
      : 'matrix';
  }

  /** A path of the checked document as it is in the user's, from which mistakes were taken out. */
  path(path: Path): string {
    return formatPath(
      path.map((segment, position) =>
        typeof segment === 'number'
          ? (this.#originalIndex.get(JSON.stringify(path.slice(0, position)))?.[segment] ?? segment)
          : segment,
      ),
    );
  }
}
