import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseZones, type Zone } from '#core/stack/zones.ts';

const zone = (letter: string): Zone => ({ name: `r-1${letter}`, id: `r1-az${letter}` });
const offered = (types: Record<string, string[]>) =>
  new Map(Object.entries(types).map(([letter, of]) => [`r-1${letter}`, new Set(of)]));

describe('the zones for a new VPC', () => {
  it('are three, one of them the only one with a type, though others have more types', () => {
    const has = offered({ a: ['g5', 'g6'], b: ['g5', 'g6'], c: ['g5', 'g6'], d: ['p5'] });
    expect(chooseZones(['a', 'b', 'c', 'd'].map(zone), has)).toEqual(['r-1a', 'r-1b', 'r-1d']);
  });

  it('have as many types of GPU together as three of the region can, and never one that EKS refuses', () => {
    const letters = ['a', 'b', 'c', 'd', 'e'];
    const types = fc.uniqueArray(fc.constantFrom('g5', 'g6', 'p4', 'p5'));
    fc.assert(
      fc.property(fc.record(Object.fromEntries(letters.map((letter) => [letter, types]))), (has) => {
        const refused: Zone = { name: 'r-1z', id: 'use1-az3' };
        const chosen = chooseZones([refused, ...letters.map(zone)], offered({ ...has, z: ['g5', 'g6', 'p4', 'p5'] }));
        expect(chosen).toHaveLength(3);
        expect(chosen).not.toContain(refused.name);
        const together = (names: readonly string[]) => new Set(names.flatMap((name) => has[name.slice(-1)] ?? [])).size;
        const pairs = letters.flatMap((one) => letters.map((two) => together([`r-1${one}`, `r-1${two}`])));
        // Taken one by one: as good as any two zones at least.
        expect(together(chosen)).toBeGreaterThanOrEqual(Math.max(...pairs));
      }),
    );
  });
});
