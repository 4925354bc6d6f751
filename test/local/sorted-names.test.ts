import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedNames } from '#local/sorted-names.ts';

/** Few letters, so that names begin with each other. */
const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '/', 'é', '😀'), maxLength: 5 });
const steps = fc.array(fc.tuple(fc.constantFrom('set', 'delete'), name));

test('whatever was set and deleted, those with a common beginning are the ones that begin so, in order', () => {
  fc.assert(
    fc.property(steps, name, (changes, prefix) => {
      const names = new SortedNames<number>();
      const plain = new Map<string, number>();
      for (const [index, [change, of]] of changes.entries()) {
        if (change === 'set') names.set(of, index);
        else names.delete(of);
        if (change === 'set') plain.set(of, index);
        else plain.delete(of);
      }
      const found = names.startingWith(prefix);
      expect(found).toEqual([...plain.keys()].filter((one) => one.startsWith(prefix)).sort());
      expect(found.map((one) => names.get(one))).toEqual(found.map((one) => plain.get(one)));
    }),
  );
});
