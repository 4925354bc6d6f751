import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceeds, jsonBytes } from '#local/asl/run/payload.ts';
import { execute, machineOf, start, taskOf } from './execute.ts';

const limit = 262_144;
/** As JSON it has two quotes more. */
const textOf = (bytes: number, character = 'x'): string => character.repeat((bytes - 2) / Buffer.byteLength(character));

const grow = (bytes: number, character?: string) => ({
  T: taskOf('f', { Arguments: { FunctionName: 'f' }, Output: '{% $states.result.Payload %}' }),
  settings: { functions: { f: () => textOf(bytes, character) } },
});

describe('the payload limit of 262,144 bytes', () => {
  it('is told exactly, whatever the value', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(200), (text, limitBytes) => {
        const value = JSON.parse(text);
        expect(exceeds(value, limitBytes)).toBe(jsonBytes(value) > limitBytes);
      }),
    );
    expect(exceeds(textOf(limit), limit)).toBe(false);
    expect(exceeds(textOf(limit + 1), limit)).toBe(true);
    expect(exceeds('\u0000'.repeat(43_691), limit)).toBe(true);
  });

  it('counts bytes, not characters, of the output of a state', async () => {
    const double = (text: string) =>
      execute({ A: { Type: 'Pass', Output: '{% $states.input & $states.input %}', End: true } }, { input: text });
    expect((await double('x'.repeat((limit - 2) / 2))).result.status).toBe('SUCCEEDED');
    expect((await double('x'.repeat(limit / 2))).result).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    expect((await double('é'.repeat(limit / 4))).result.error).toBe('States.DataLimitExceeded');
  });

  it('holds for the result of a task, with the cause that AWS recorded', async () => {
    const { T, settings } = grow(limit);
    const { result, history } = await execute({ T }, settings);
    expect(result).toMatchObject({
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    expect(history.at(-2)!.type).toBe('TaskFailed');
    const small = grow(limit - 200);
    expect((await execute({ T: small.T }, small.settings)).result.status).toBe('SUCCEEDED');
  });

  it('holds for the arguments of a task: nothing is called', async () => {
    let calls = 0;
    const twice = { FunctionName: 'f', Payload: ['{% $states.input %}', '{% $states.input %}'] };
    const { result } = await execute(
      { T: taskOf('f', { Arguments: twice }) },
      { input: 'x'.repeat(150_000), functions: { f: () => calls++ } },
    );
    expect(result.error).toBe('States.DataLimitExceeded');
    expect(calls).toBe(0);
  });

  it('holds for the collected results of a Map and of a Parallel', async () => {
    const block = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const large = 'x'.repeat(100_000);
    const map = { Type: 'Map', Items: [1, 2, 3], ItemSelector: large, ItemProcessor: block('I'), Output: 1, End: true };
    expect((await execute({ M: map })).result.error).toBe('States.DataLimitExceeded');
    const parallel = { Type: 'Parallel', Branches: [block('A'), block('B'), block('C')], Output: 1, End: true };
    expect((await execute({ P: parallel }, { input: large })).result.error).toBe('States.DataLimitExceeded');
  });

  it('holds for the input of an execution, which is then not started', () => {
    expect(() => start(machineOf({ A: { Type: 'Succeed' } }), { input: textOf(limit + 1) })).toThrow(RangeError);
    start(machineOf({ A: { Type: 'Succeed' } }), { input: textOf(limit) });
  });
});

describe('the history limit of 25,000 events', () => {
  const states = {
    Loop: {
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.input > 1 %}', Next: 'Loop', Output: '{% $states.input - 1 %}' }],
      Default: 'End',
    },
    End: { Type: 'Succeed' },
  };

  /** ExecutionStarted, two events a round, two of End, ExecutionSucceeded. */
  const run = (rounds: number) => execute(states, { input: rounds });

  it('lets event 25,000 be ExecutionSucceeded', async () => {
    const { result, history } = await run(12_498);
    expect([result.status, history.length]).toEqual(['SUCCEEDED', 25_000]);
  });

  it('otherwise makes event 25,000 ExecutionFailed', async () => {
    const { result, history } = await run(12_499);
    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect([history.length, history.at(-1)!.type]).toEqual([25_000, 'ExecutionFailed']);
  });

  it('cannot be caught, retried or survived by a sibling', async () => {
    const all = ['States.ALL', 'States.Runtime'].map((name) => ({ ErrorEquals: [name], Next: 'Caught' })).reverse();
    const { result, history } = await execute(
      {
        P: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Loop', States: states },
            { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } },
          ],
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          Catch: all,
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
      { input: 20_000 },
    );
    expect([result.status, result.error, history.length]).toEqual(['FAILED', 'States.Runtime', 25_000]);
  });
});
