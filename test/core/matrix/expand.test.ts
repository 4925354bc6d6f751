import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Combination, expand, TooMuchWorkError, type Variations } from '#core/matrix/expand.ts';

const values = <V>(variations: Variations<V>) => expand(variations).map((combination) => combination.values);

describe("GitHub Actions' own examples", () => {
  it('include: fruits and animals', () => {
    expect(
      values({
        axes: { fruit: ['apple', 'pear'], animal: ['cat', 'dog'] },
        include: [
          { color: 'green' },
          { color: 'pink', animal: 'cat' },
          { fruit: 'apple', shape: 'circle' },
          { fruit: 'banana' },
          { fruit: 'banana', animal: 'cat' },
        ],
      }),
    ).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  it('include: an additional variable on one combination', () => {
    const all = values<string | number>({
      axes: { os: ['windows-latest', 'ubuntu-latest'], node: [12, 14, 16] },
      include: [{ os: 'windows-latest', node: 16, npm: 6 }],
    });
    expect(all).toHaveLength(6);
    expect(all.filter((combination) => 'npm' in combination)).toEqual([{ os: 'windows-latest', node: 16, npm: 6 }]);
  });

  it('include: a combination beyond the axes', () => {
    const all = values<string | number>({
      axes: { os: ['macos-latest', 'windows-latest', 'ubuntu-latest'], version: [12, 14, 16] },
      include: [{ os: 'windows-latest', version: 17 }],
    });
    expect(all).toHaveLength(10);
    expect(all.at(-1)).toEqual({ os: 'windows-latest', version: 17 });
  });

  it('include alone: a combination for each entry', () => {
    expect(
      values<string>({
        axes: {},
        include: [
          { site: 'production', datacenter: 'site-a' },
          { site: 'staging', datacenter: 'site-b' },
        ],
      }),
    ).toEqual([
      { site: 'production', datacenter: 'site-a' },
      { site: 'staging', datacenter: 'site-b' },
    ]);
  });

  it('exclude: three of twelve', () => {
    const all = values<string | number>({
      axes: {
        os: ['macos-latest', 'windows-latest'],
        version: [12, 14, 16],
        environment: ['staging', 'production'],
      },
      exclude: [
        { os: 'macos-latest', version: 12, environment: 'production' },
        { os: 'windows-latest', version: 16 },
      ],
    });
    expect(all).toHaveLength(9);
    expect(all).not.toContainEqual({ os: 'macos-latest', version: 12, environment: 'production' });
    expect(all.filter(({ os, version }) => os === 'windows-latest' && version === 16)).toEqual([]);
  });

  it('exclude comes first: include brings a combination back', () => {
    expect(values({ axes: { a: ['1', '2'] }, exclude: [{ a: '1' }], include: [{ a: '1', note: 'back' }] })).toEqual([
      { a: '2' },
      { a: '1', note: 'back' },
    ]);
  });
});

it('compares lists by what is in them', () => {
  expect(values({ axes: { args: [['--a'], ['--b']] }, exclude: [{ args: ['--a'] }] })).toEqual([{ args: ['--b'] }]);
});

it('says of each combination where its values came from', () => {
  const [first, , last] = expand({
    axes: { a: ['x', 'y'] },
    include: [{ more: 'z' }, { a: 'new' }],
  }) as [Combination<string>, Combination<string>, Combination<string>];
  expect(first).toMatchObject({ axisIndex: [0], includes: [0] });
  expect(last).toMatchObject({ axisIndex: undefined, includes: [1] });
});

it('stops where entries match without end', () => {
  const include = Array.from({ length: 10 }, () => ({ more: 'z' }));
  expect(() => expand({ axes: { a: ['x', 'y'] }, include }, 19)).toThrow(TooMuchWorkError);
  expect(expand({ axes: { a: ['x', 'y'] }, include }, 20)).toHaveLength(2);
});

/** The documentation's words, one after the other, without regard to speed. */
function byTheBook({ axes, include = [], exclude = [] }: Required<Variations<string>>): Record<string, string>[] {
  let originals: Record<string, string>[] = Object.keys(axes).length === 0 ? [] : [{}];
  for (const [name, list] of Object.entries(axes)) {
    originals = originals.flatMap((combination) => list.map((value) => ({ ...combination, [name]: value })));
  }
  originals = originals.filter(
    (combination) =>
      !exclude.some((entry) => Object.entries(entry).every(([key, value]) => combination[key] === value)),
  );
  const grown = originals.map((combination) => ({ ...combination }));
  const added: Record<string, string>[] = [];
  for (const entry of include) {
    let fitted = false;
    for (const [index, original] of originals.entries()) {
      if (Object.entries(entry).some(([key, value]) => key in original && original[key] !== value)) continue;
      Object.assign(grown[index] as object, entry);
      fitted = true;
    }
    if (!fitted) added.push({ ...entry });
  }
  return [...grown, ...added];
}

it('agrees with the documentation read word by word', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('1', '2', '3');
  const entry = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'extra', 'other'), value, {
    minKeys: 1,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.uniqueArray(value, { minLength: 1 }), { noNullPrototype: true }),
      fc.array(entry, { maxLength: 6 }),
      fc.array(entry, { maxLength: 3 }),
      (axes, include, exclude) => {
        expect(values({ axes, include, exclude })).toEqual(byTheBook({ axes, include, exclude }));
      },
    ),
    { numRuns: 500 },
  );
});
