import { describe, expect, it } from 'vitest';
import { show } from '#core/matrix/problems.ts';
import { numbers, problems, withMatrix, withTop } from './fixtures.ts';

describe('a value of a problem', () => {
  const toldOf = (slo: unknown) => problems(withTop({ slo: { ttftP95Ms: slo } }))[0]?.value;

  it.each<[unknown, string, unknown]>([
    ['an object', '"an object"', 'an object'],
    [{ key: 'sk-secret' }, 'an object', 'an object'],
    [numbers(21), 'a list', 'a list'],
    [[1, { a: 1 }], 'a list', [1, 'an object']],
    [null, 'null', null],
    [true, 'true', true],
  ])('%j is shown as %s, and what a person did not write is not in quotes', (value, shown, inJson) => {
    expect(show(toldOf(value))).toBe(shown);
    expect(JSON.parse(JSON.stringify(toldOf(value)))).toEqual(inJson);
  });
});

it.each([
  [withMatrix({ isl: [] }), 'a list is too small: at least 1 value'],
  [withTop({ capacity: { fallback: ['spot', 'spot', 'spot', 'spot'] } }), 'a list is too large: at most 3 values'],
  [withTop({ region: 'x'.repeat(31) }), 'at most 30 characters'],
  [withTop({ repeats: 0 }), '0 is too small: at least 1'],
])('counts as people do', (document, message) => {
  expect(problems(document).map((one) => one.message)).toContainEqual(expect.stringMatching(new RegExp(`${message}$`)));
});
