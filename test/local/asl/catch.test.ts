import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { caught, end } from './caught.ts';
import { execute, flaky, named, taskOf } from './execute.ts';

describe('wildcards', () => {
  const isCaught = async (names: string[], f: () => unknown, fields: object = {}) => {
    const { result } = await execute({ T: taskOf('f', { ...caught(names), ...fields }), ...end }, { functions: { f } });
    return result.status === 'SUCCEEDED';
  };
  const tooLarge = () => 'x'.repeat(262_144);

  it('States.ALL matches any error, States.TaskFailed any but a timeout', async () => {
    expect(await isCaught(['States.ALL'], flaky(1))).toBe(true);
    expect(await isCaught(['States.TaskFailed'], flaky(1))).toBe(true);
    expect(await isCaught(['Other'], flaky(1))).toBe(false);
    const clock = new VirtualClock({ startMs: 0 });
    const late = { TimeoutSeconds: 1 };
    for (const [name, expected] of [
      ['States.ALL', true],
      ['States.TaskFailed', false],
      ['States.Timeout', true],
    ] as const) {
      const { result } = await execute(
        { T: taskOf('f', { ...caught([name]), ...late }), ...end },
        { clock, functions: { f: () => clock.sleep(9_000) } },
      );
      expect(result.status === 'SUCCEEDED', name).toBe(expected);
    }
  });

  it('neither matches a result that is too large, which only its own name catches', async () => {
    expect(await isCaught(['States.ALL'], tooLarge)).toBe(false);
    expect(await isCaught(['States.TaskFailed'], tooLarge)).toBe(false);
    expect(await isCaught(['States.DataLimitExceeded'], tooLarge)).toBe(true);
  });

  it('States.ALL matches a failed evaluation', async () => {
    const fields = { Arguments: { FunctionName: 'f', Payload: '{% $missing %}' } };
    expect(await isCaught(['States.ALL'], () => 1, fields)).toBe(true);
    expect(await isCaught(['States.QueryEvaluationError'], () => 1, fields)).toBe(true);
    expect(await isCaught(['States.ALL'], () => 1, { Output: '{% $missing %}' })).toBe(true);
  });
});

describe('Catch', () => {
  it('takes the first entry that matches, gives it the input and the error, and goes where it says', async () => {
    const entry = {
      ErrorEquals: ['Flaky'],
      Next: 'Caught',
      Assign: { cause: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
      Output: { error: '{% $states.errorOutput.Error %}', input: '{% $states.input %}' },
    };
    const { result } = await execute(
      {
        T: taskOf('f', {
          Catch: [{ ErrorEquals: ['Other'], Next: 'T' }, entry, { ErrorEquals: ['States.ALL'], Next: 'T' }],
        }),
        Caught: { Type: 'Pass', Output: '{% $merge([$states.input, {"cause": $cause}]) %}', End: true },
      },
      { input: 'in', functions: { f: flaky(1, named('Flaky', 'why')) } },
    );
    expect(result.output).toEqual({ error: 'Flaky', input: 'in', cause: 'why' });
  });

  it('hands on the error itself when it has no Output', async () => {
    const { result, types } = await execute(
      { T: taskOf('f', caught(['States.ALL'])), ...end },
      { functions: { f: flaky(1) } },
    );
    expect(result.output).toEqual({ Error: 'Flaky', Cause: expect.stringContaining('errorMessage') });
    expect(types.slice(4, 7)).toEqual(['TaskFailed', 'TaskStateExited', 'PassStateEntered']);
  });

  it('runs only when no retry is left', async () => {
    const f = flaky(9);
    const { result } = await execute(
      {
        T: taskOf('f', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }], ...caught(['States.ALL']) }),
        ...end,
      },
      { functions: { f } },
    );
    expect(result.status).toBe('SUCCEEDED');
    expect(f.seen.calls).toBe(3);
  });

  it('does not catch what goes wrong in itself', async () => {
    const { result } = await execute(
      { T: taskOf('f', caught(['States.ALL'], { Output: '{% $missing %}' })), ...end },
      { functions: { f: flaky(1) } },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});
