import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISTAKES } from './mistakes.ts';
import { shown, told, valid } from './world.ts';

const BUDGET = 'budget-too-small budgetUsd';

/** Indices of entries that were planted one after the other: in the order in which they were. */
function expectedOf(names: readonly string[]): string[] {
  let entries = -1;
  return names.flatMap((name) => {
    const { expected } = MISTAKES[name]!;
    if (expected.some((one) => one.includes('#'))) entries += 1;
    else if (name === 'a server that is nowhere') entries += 1;
    return expected.map((one) => one.replace('#', String(entries)));
  });
}

describe('several mistakes of different kinds', () => {
  it('are none in the matrix that they are planted in', () => expect(told(valid())).toEqual([]));

  it.each(Object.keys(MISTAKES))('each alone: %s', (name) => {
    const world = valid();
    MISTAKES[name]?.plant(world);
    expect(shown(told(world))).toEqual(expectedOf([name]).sort());
  });

  it('are all told in one answer, and nothing that only follows from them', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(MISTAKES), { minLength: 2 }), fc.boolean(), (names, poor) => {
        const world = valid();
        for (const name of names) MISTAKES[name]?.plant(world);
        if (poor) world.document.budgetUsd = 0.01;
        const problems = told(world);
        const knowsCost = names.every((name) => MISTAKES[name]?.hidesCost !== true);
        expect(shown(problems)).toEqual([...expectedOf(names), ...(poor && knowsCost ? [BUDGET] : [])].sort());
        for (const { message, instead } of problems)
          expect(`${message}${instead}`).not.toMatch(/undefined|stand-in|p5en/);
      }),
      { numRuns: 300 },
    );
  });
});
