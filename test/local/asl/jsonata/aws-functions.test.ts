import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute } from '../execute.ts';

const evaluate = async (expression: string, input: unknown = {}, random = () => 0.5) => {
  const { result } = await execute(
    { A: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } },
    { input, random },
  );
  return result.status === 'SUCCEEDED' ? result.output : result.error;
};

describe("Step Functions' own functions", () => {
  it.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 8, 2)', [0, 2, 4, 6, 8]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$hash("abc", "MD5")', '900150983cd24fb0d6963f7d28e17f72'],
    ['$parse("{\\"a\\": [1, null]}")', { a: [1, null] }],
    ['$random()', 0.5],
    ['$millis()', 0],
    ['$now()', '1970-01-01T00:00:00.000Z'],
    ['$now("[Y0001]-[M01]")', '1970-01'],
    ['$map([1, 2], function($v) { $hash($string($v), "MD5") })[0]', 'c4ca4238a0b923820dcc509a6f75849b'],
  ])('%s', async (expression, expected) => {
    expect(await evaluate(expression)).toEqual(expected);
  });

  it('$random with a seed gives the same number again, from 0 up to 1', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const [first, second] = (await evaluate(`[$random(${seed}), $random(${seed})]`)) as number[];
        expect(first).toBe(second);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(first).toBeLessThan(1);
      }),
      { numRuns: 50 },
    );
    expect(await evaluate('$random(1) = $random(2)')).toBe(false);
  });

  it('$uuid is a version 4 UUID, the same one for the same random source', async () => {
    const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const random of [Math.random, () => 0, () => 1 - 2 ** -53])
      expect(await evaluate('$uuid()', {}, random)).toMatch(version4);
    expect(await evaluate('$uuid()', {}, () => 0.3)).toBe(await evaluate('$uuid()', {}, () => 0.3));
  });

  it.each([
    '$partition([1], 0)',
    '$range(0, 5, 0)',
    '$range(0, 1000, 1)',
    '$range(0.5, 2, 1)',
    '$hash("a", "SHA-3")',
    '$parse("{")',
  ])('%s is an error', async (expression) => expect(await evaluate(expression)).toBe('States.QueryEvaluationError'));

  it('$range gives at most 1,000 items', async () => {
    expect(await evaluate('$range(1, 1000, 1)')).toHaveLength(1000);
  });
});
