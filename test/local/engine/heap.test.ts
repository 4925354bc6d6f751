import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MinHeap } from '#local/engine/model/heap.ts';

it('gives everything back by key, and what has the same key in the order it came, however pushes and pops mix', () => {
  const steps = fc.array(fc.oneof(fc.record({ push: fc.integer({ min: 0, max: 9 }) }), fc.constant('pop' as const)), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const heap = new MinHeap<number>();
      let sorted: { key: number; value: number }[] = [];
      for (const [value, step] of all.entries()) {
        if (step === 'pop') {
          expect(heap.peek()?.value).toBe(sorted[0]?.value);
          expect(heap.pop()).toBe(sorted[0]?.value);
          sorted = sorted.slice(1);
        } else {
          heap.push(step.push, value);
          // Array.sort is stable.
          sorted = [...sorted, { key: step.push, value }].sort((a, b) => a.key - b.key);
        }
        expect(heap.size).toBe(sorted.length);
      }
      expect(sorted.map(() => heap.pop())).toEqual(sorted.map(({ value }) => value));
    }),
  );
});
