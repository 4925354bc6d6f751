import { describe, expect, it } from 'vitest';
import { execute, flaky, taskOf } from './execute.ts';

const pass = (fields: object) => ({ Type: 'Pass', ...fields });
const end = (output: unknown) => pass({ Output: output, End: true });

const outputOf = async (states: Record<string, object>, input: unknown = {}, functions = {}) => {
  const { result } = await execute(states, { input, functions });
  expect(result).toMatchObject({ status: 'SUCCEEDED' });
  return result.output;
};

describe('variables', () => {
  it('are seen by later states, in expressions and in constants of any type', async () => {
    const states = {
      A: pass({ Assign: { a: 1, b: '{% $states.input.x %}', c: { d: ['{% 1 + 1 %}'] } }, Next: 'B' }),
      B: end('{% [$a, $b, $c.d] %}'),
    };
    expect(await outputOf(states, { x: 'x' })).toEqual([1, 'x', 2]);
  });

  it('have the values of the entry of the state in all of its expressions', async () => {
    const states = {
      A: pass({ Assign: { x: 1, y: 2 }, Next: 'B' }),
      B: pass({ Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% [$x, $y] %}', Next: 'C' }),
      C: end({ before: '{% $states.input %}', after: '{% [$x, $y] %}' }),
    };
    expect(await outputOf(states)).toEqual({ before: [1, 2], after: [2, 1] });
  });

  it('are assigned from the result of a task', async () => {
    const task = taskOf('f', {
      Assign: { r: '{% $states.result.Payload %}' },
      Output: '{% $states.input %}',
      End: undefined,
      Next: 'B',
    });
    expect(await outputOf({ A: task, B: end('{% [$states.input, $r] %}') }, 'in', { f: () => 'out' })).toEqual([
      'in',
      'out',
    ]);
  });

  it('keep their value when the state that would assign them fails', async () => {
    const states = {
      A: pass({ Assign: { n: 1 }, Next: 'T' }),
      T: taskOf('f', { Assign: { n: 2 }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }] }),
      B: end('{% $n %}'),
    };
    expect(await outputOf(states, {}, { f: flaky(9) })).toBe(1);
  });

  it('of an outer scope are seen inside a Map and a Parallel; inner ones are not seen outside', async () => {
    const inner = (name: string) => ({
      StartAt: name,
      States: {
        [name]: pass({ Assign: { [`in${name}`]: '{% $out + 1 %}' }, Next: `${name}2` }),
        [`${name}2`]: end(`{% $in${name} + $out %}`),
      },
    });
    const states = {
      A: pass({ Assign: { out: 1 }, Next: 'M' }),
      M: { Type: 'Map', Items: [1], ItemProcessor: inner('X'), Assign: { m: '{% $states.result %}' }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [inner('Y')], Assign: { p: '{% $states.result %}' }, Next: 'End' },
      End: end('{% {"m": $m, "p": $p, "x": $inX, "y": $inY, "none": $exists($inX)} %}'),
    };
    expect(await outputOf(states)).toEqual({ m: [3], p: [3], none: false });
  });

  it('of one iteration are not seen by another', async () => {
    const processor = {
      StartAt: 'First',
      States: {
        First: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 0 %}', Next: 'Set' }], Default: 'Get' },
        Set: pass({ Assign: { secret: 1 }, Next: 'Get' }),
        Get: end('{% $exists($secret) %}'),
      },
    };
    const map = { Type: 'Map', Items: [0, 1], MaxConcurrency: 1, ItemProcessor: processor, End: true };
    expect(await outputOf({ M: map })).toEqual([true, false]);
  });

  it('a function may be called whatever a variable with the name of another one holds', async () => {
    const states = { A: pass({ Assign: { count: 2 }, Next: 'B' }), B: end('{% $sum([$count, 1]) %}') };
    expect(await outputOf(states)).toBe(3);
  });

  it('that are no match for the limit of 256 KiB at once, or 10 MiB together, fail', async () => {
    const large = 'x'.repeat(200_000);
    const twice = await execute(
      { A: pass({ Assign: { a: '{% $states.input %}', b: '{% $states.input %}' }, End: true }) },
      { input: large },
    );
    expect(twice.result.error).toBe('States.DataLimitExceeded');
    const names = Array.from({ length: 54 }, (_, at) => `v${at}`);
    const chain = names.map((name, at) => [
      name,
      pass({ Assign: { [name]: '{% $states.input %}' }, Next: names[at + 1] ?? 'End' }),
    ]);
    const many = await execute({ ...Object.fromEntries(chain), End: end('ok') }, { input: large });
    expect(many.result.error).toBe('States.DataLimitExceeded');
    expect(many.types.filter((type) => type === 'PassStateExited')).toHaveLength(52);
  });
});
