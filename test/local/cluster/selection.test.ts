import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { keyOf, Objects } from '#local/cluster/objects/objects.ts';
import type { Stored } from '#local/cluster/objects/shapes.ts';

const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
const change = fc.record({
  kind: fc.constantFrom('Pod', 'Node'),
  name: fc.constantFrom('x', 'y', 'z', 'w'),
  labels: fc.option(labels),
});

test('whatever was created, relabelled and removed, a selection has what all its labels are on, oldest first', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), labels, (changes, wanted) => {
      const objects = new Objects(new VirtualClock());
      for (const { kind, name, labels: to } of changes) {
        const key = keyOf({ name });
        if (to === null) objects.remove(kind, key);
        else if (objects.find<string>(kind, key) === undefined) {
          objects.create<Stored>({ apiVersion: 'v1', kind, metadata: { name, labels: to } });
        } else {
          objects.change<string>(kind, key, ({ metadata }) => {
            metadata.labels = to;
          });
        }
      }
      for (const kind of ['Pod', 'Node']) {
        const all = objects.all<string>(kind);
        const matching = all.filter(({ metadata }) =>
          Object.entries(wanted).every(([label, value]) => metadata.labels?.[label] === value),
        );
        expect(objects.select<string>(kind, wanted)).toEqual(matching);
        expect(objects.count(kind)).toBe(all.length);
      }
    }),
  );
});
