import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionOfMistake } from '#cli/input/json-position.ts';

describe('the place of a mistake in JSON', () => {
  it('is where a character stands that no JSON may have, wherever it was put', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), (value, seed) => {
        const text = JSON.stringify(value, null, 2);
        // Outside of a string a control character is wrong everywhere, inside of one as well.
        const at = seed % (text.length + 1);
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}`;
        const { line, column } = positionOfMistake(broken);
        const lines = broken.split('\n');
        expect(lines.slice(0, line - 1).reduce((sum, part) => sum + part.length + 1, 0) + column - 1).toBe(at);
      }),
    );
  });

  it.each([
    ['{"a":1,}', 1, 8],
    ['{\n  "a": tru e\n}', 2, 11],
    ['[1 2]', 1, 4],
    ["{'a':1}", 1, 2],
    ['1.a', 1, 3],
    ['{"a":', 1, 6],
  ])('%j is wrong at line %i, column %i', (text, line, column) => {
    expect(positionOfMistake(text)).toEqual({ line, column });
  });
});
