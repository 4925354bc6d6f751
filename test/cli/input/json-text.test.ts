import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonText, TooDeepError } from '#cli/input/json-text.ts';

const mistakeIn = (text: string) => {
  const read = readJsonText(text);
  if (!('mistake' in read)) throw new Error('it is JSON');
  return read.mistake;
};

const repeatedIn = (text: string) => {
  const read = readJsonText(text);
  if ('mistake' in read) throw new Error(JSON.stringify(read.mistake));
  return read.repeated.map(({ path, lines }) => `${path.join('.')} ${lines.join(' ')}`);
};

describe('JSON', () => {
  it('is read as JSON.parse reads it, and no field of it is lost', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value, null, 2);
        expect(readJsonText(text)).toEqual({ value: JSON.parse(text), repeated: [] });
      }),
    );
  });

  it('that is nested without end is refused, and overflows nothing', () => {
    const depth = 100_000;
    expect(() => readJsonText('['.repeat(depth) + ']'.repeat(depth))).toThrow(TooDeepError);
    expect(() => readJsonText('['.repeat(depth))).toThrow(TooDeepError);
  });
});

describe('the place of a mistake in JSON', () => {
  it('is where a character stands that no JSON may have, wherever it was put', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), (value, seed) => {
        const text = JSON.stringify(value, null, 2);
        // Outside of a string a control character is wrong everywhere, inside of one as well.
        const at = seed % (text.length + 1);
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}`;
        const lines = broken.split('\n');
        const { line, column } = mistakeIn(broken);
        expect(lines.slice(0, line - 1).reduce((sum, part) => sum + part.length + 1, 0) + column - 1).toBe(at);
      }),
    );
  });

  it.each([
    ['{"a":1,}', 1, 8, 'another field in double quotes, or no comma before the brace'],
    ['[1,]', 1, 4, 'another value, or no comma before the bracket'],
    ['{\n  "a": tru e\n}', 2, 8, 'a text in double quotes, a number, true, false, null, "{" or "["'],
    ['[1 2]', 1, 4, '"," or "]"'],
    ['{"a": [1 2]}', 1, 10, '"," or "]"'],
    ['{"a": [1] "b": 2}', 1, 11, '"," or "}"'],
    ['{"a" 5}', 1, 6, '":" between the name of a field and its value'],
    ["{'a':1}", 1, 2, 'names of fields stand in double quotes'],
    ['{a: 1}', 1, 2, 'names of fields stand in double quotes'],
    ['{"a": NaN}', 1, 7, 'a number, true, false'],
    ['{"a": 1.}', 1, 9, 'digits'],
    ['{"a": -}', 1, 8, 'digits'],
    ['[1e]', 1, 4, 'digits'],
    ['{"a":', 1, 6, 'a text in double quotes'],
    ['{"a":[1', 1, 8, '"," or "]"'],
    ['{"a":1', 1, 7, '"," or "}"'],
    ['{"a":"x\n}', 1, 6, 'a closing double quote in the same line'],
    ['{"a":"\\d"}', 1, 6, 'behind a backslash'],
    ['{"a":"\\u12"}', 1, 6, 'four hexadecimal digits'],
    ['{}\n{}', 2, 1, 'nothing more'],
    ['// mine\n{}', 1, 1, 'no comment'],
    ['{"a":"\t"}', 1, 6, 'no control character'],
  ])('%j is wrong at line %i, column %i, where %s was expected', (text, line, column, expected) => {
    expect(mistakeIn(text)).toMatchObject({ line, column, expected: expect.stringContaining(expected) });
  });
});

describe('fields that stand twice in an object', () => {
  it.each([
    ['{"a": 1, "a": 2}', ['a 1 1']],
    ['{"a": 1,\n"b": 2,\n"a": 1,\n\n"a": 3}', ['a 1 3 5']],
    ['{"m": {"x": [1],\n"x": [2]}}', ['m.x 1 2']],
    ['{"m": [{"x": 1}, {"x": 2,\n"x": 3}]}', ['m.1.x 1 2']],
    ['{"a": {"b": 1}, "b": {"b": 2}}', []],
    // The same name, written otherwise.
    ['{"a": 1, "\\u0061": 2}', ['a 1 1']],
    ['{"__proto__": 1, "__proto__": 2}', ['__proto__ 1 1']],
    ['{"a": {"b": 1, "b": 2}, "a": {"c": 1, "c": 2}}', ['a.b 1 1', 'a.c 1 1', 'a 1 1']],
  ])('%j', (text, expected) => expect(repeatedIn(text).sort()).toEqual([...expected].sort()));
});
