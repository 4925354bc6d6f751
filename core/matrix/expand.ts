/**
 * `include` and `exclude` as GitHub Actions has them ("Running variations of jobs in a workflow"):
 *
 * - An `exclude` entry removes every combination that it matches in part. Exclusion comes first, so that `include`
 *   can bring a combination back.
 * - An `include` entry is added to each original combination of which it overwrites no original value; what earlier
 *   entries added may be overwritten. An entry that fits none becomes a combination of its own, to which later
 *   entries add nothing.
 */
export interface Combination<V> {
  /** For each axis of the product the index of its value; undefined when an include entry made the combination. */
  axisIndex: readonly number[] | undefined;
  /** The include entries that were added, in order. */
  includes: number[];
  values: Record<string, V>;
}

export interface Variations<V> {
  axes: Readonly<Record<string, readonly V[]>>;
  include?: readonly Readonly<Record<string, V>>[];
  exclude?: readonly Readonly<Record<string, V>>[];
}

/** Entries that match nearly everything, many times over: nothing that a person writes. */
export class TooMuchWorkError extends Error {
  override name = 'TooMuchWorkError';
}

const identity = (value: unknown): string => JSON.stringify(value);

/** Finds combinations by the values of some axes; one index for each set of axes that entries ask by. */
class Originals<V> {
  readonly #combinations: Combination<V>[];
  readonly #indices = new Map<string, Map<string, Combination<V>[]>>();

  constructor(combinations: Combination<V>[]) {
    this.#combinations = combinations;
  }

  matching(keys: readonly string[], entry: Readonly<Record<string, V>>): readonly Combination<V>[] {
    if (keys.length === 0) return this.#combinations;
    const id = identity(keys);
    let index = this.#indices.get(id);
    if (index === undefined) {
      index = Map.groupBy(this.#combinations, ({ values }) => identity(keys.map((key) => values[key])));
      this.#indices.set(id, index);
    }
    return index.get(identity(keys.map((key) => entry[key]))) ?? [];
  }
}

/** The first axis changes slowest. One object a combination, for there may be many. */
function product<V>(axes: Variations<V>['axes']): Combination<V>[] {
  const lists = Object.entries(axes);
  if (lists.length === 0) return [];
  const count = lists.reduce((cells, [, list]) => cells * list.length, 1);
  return Array.from({ length: count }, (_, number) => {
    const axisIndex = new Array<number>(lists.length).fill(0);
    let rest = number;
    for (let axis = lists.length - 1; axis >= 0; axis--) {
      const { length } = (lists[axis] as [string, readonly V[]])[1];
      axisIndex[axis] = rest % length;
      rest = Math.floor(rest / length);
    }
    const values: Record<string, V> = {};
    for (const [axis, [name, list]] of lists.entries()) values[name] = list[axisIndex[axis] as number] as V;
    return { axisIndex, includes: [], values };
  });
}

/**
 * @param mostMatches of all entries together
 * @throws TooMuchWorkError when there are more
 */
export function expand<V>(
  { axes, include = [], exclude = [] }: Variations<V>,
  mostMatches = Number.POSITIVE_INFINITY,
): Combination<V>[] {
  const isAxis = (key: string) => Object.hasOwn(axes, key);
  let matched = 0;
  const counted = (matches: readonly Combination<V>[]) => {
    matched += matches.length;
    if (matched > mostMatches) throw new TooMuchWorkError(`include and exclude match more than ${mostMatches} times`);
    return matches;
  };
  const all = product(axes);

  const excluded = new Set<Combination<V>>();
  const beforeExclude = new Originals(all);
  for (const entry of exclude) {
    const keys = Object.keys(entry);
    // A key that is no axis has no value to match.
    if (keys.length === 0 || !keys.every(isAxis)) continue;
    for (const combination of counted(beforeExclude.matching(keys.sort(), entry))) excluded.add(combination);
  }

  const originals = excluded.size === 0 ? all : all.filter((combination) => !excluded.has(combination));
  const searchable = new Originals(originals);
  const added: Combination<V>[] = [];
  for (const [number, entry] of include.entries()) {
    const keys = Object.keys(entry);
    const matches = counted(searchable.matching(keys.filter(isAxis).sort(), entry));
    for (const combination of matches) {
      for (const key of keys) combination.values[key] = entry[key] as V;
      combination.includes.push(number);
    }
    if (matches.length === 0) added.push({ axisIndex: undefined, includes: [number], values: { ...entry } });
  }
  return [...originals, ...added];
}
