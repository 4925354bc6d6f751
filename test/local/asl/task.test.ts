import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { execute, flaky, machineOf, named, start, taskOf } from './execute.ts';

const caught = (errors: string[], fields: object = {}) => ({
  Catch: [{ ErrorEquals: errors, Next: 'Caught', ...fields }],
});
const end = { Caught: { Type: 'Pass', End: true } };

describe('Task', () => {
  it('gives the function its payload, and its result to the expressions', async () => {
    const { result, history } = await execute(
      {
        T: taskOf('f', {
          Arguments: { FunctionName: 'f', Payload: { n: '{% $states.input.n %}' } },
          TimeoutSeconds: 5,
        }),
      },
      { input: { n: 2 }, functions: { f: ({ n }: { n: number }) => ({ twice: n * 2 }) } },
    );
    expect(result.output).toEqual({ ExecutedVersion: '$LATEST', Payload: { twice: 4 }, StatusCode: 200 });
    expect(history[2]).toEqual({
      id: 3,
      previousEventId: 2,
      timestamp: '1970-01-01T00:00:00.000Z',
      type: 'TaskScheduled',
      taskScheduledEventDetails: {
        parameters: '{"FunctionName":"f","Payload":{"n":2}}',
        region: 'us-east-1',
        resource: 'invoke',
        resourceType: 'lambda',
        timeoutInSeconds: 5,
      },
    });
  });

  it('takes a function that returns nothing for one that returns null', async () => {
    const { result } = await execute(
      { T: taskOf('f', { Output: '{% $states.result.Payload %}' }) },
      { functions: { f: () => undefined } },
    );
    expect(result.output).toBeNull();
  });

  it('hands over copies: what a function does to its payload, or to its result later, is not seen', async () => {
    const kept = { n: 1 };
    const { result } = await execute(
      {
        T: taskOf('f', { Output: '{% [$states.input.n, $states.result.Payload.n] %}', Next: 'U', End: undefined }),
        U: taskOf('g', { Output: '{% $states.input %}' }),
      },
      {
        input: { n: 1 },
        functions: {
          f: (payload: { n: number }) => {
            payload.n = 9;
            return kept;
          },
          g: () => {
            kept.n = 9;
          },
        },
      },
    );
    expect(result.output).toEqual([1, 1]);
  });

  it('fails with the name of what the function threw, and a cause that is a JSON text', async () => {
    const { result, types } = await execute(
      { T: taskOf('f') },
      { functions: { f: flaky(9, named('NoCapacity', 'none left')) } },
    );
    expect(result.error).toBe('NoCapacity');
    expect(JSON.parse(result.cause!)).toEqual({
      errorMessage: 'none left',
      errorType: 'NoCapacity',
      trace: expect.arrayContaining([expect.stringContaining('none left')]),
    });
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'ExecutionFailed',
    ]);
  });

  it('fails also when the function throws no Error, throws at once, or returns what is no JSON', async () => {
    const failWith = async (f: () => unknown) =>
      (await execute({ T: taskOf('f') }, { functions: { f } })).result.status;
    expect(await failWith(() => Promise.reject('text'))).toBe('FAILED');
    expect(await failWith(() => 1n)).toBe('FAILED');
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    expect(await failWith(() => cyclic)).toBe('FAILED');
    const execution = start(machineOf({ T: taskOf('f') }), {
      invoke: () => {
        throw named('AtOnce');
      },
    });
    expect(await execution.done).toMatchObject({ status: 'FAILED', error: 'AtOnce' });
  });

  it('calls a function by its ARN, with the input as the payload', async () => {
    const arn = 'arn:aws:lambda:us-east-1:111122223333:function:f';
    const { result, types } = await execute(
      { T: { Type: 'Task', Resource: arn, End: true } },
      { input: 1, functions: { [arn]: (n) => [n] } },
    );
    expect(result.output).toEqual([1]);
    expect(types.slice(2, 5)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded']);
  });

  it('that nobody can start is States.Runtime, which nothing catches', async () => {
    const { result } = await execute({
      T: taskOf('f', { Arguments: '{% {"FunctionName": 7} %}', ...caught(['States.ALL']) }),
      ...end,
    });
    expect([result.status, result.error]).toEqual(['FAILED', 'States.Runtime']);
  });
});

describe('TimeoutSeconds of a Task', () => {
  it('ends the wait, tells the function by its signal, and is States.Timeout', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let reason: Error | undefined;
    const { result, history } = await execute(
      { T: taskOf('f', { TimeoutSeconds: '{% $states.input.s %}', ...caught(['States.Timeout']) }), ...end },
      {
        input: { s: 30 },
        clock,
        functions: {
          f: (_, { signal }) => {
            signal.addEventListener('abort', () => (reason = signal.reason));
            return clock.sleep(3_600_000, signal);
          },
        },
      },
    );
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      stoppedAtMs: 30_000,
      output: { Error: 'States.Timeout', Cause: '' },
    });
    expect(reason?.name).toBe('TimeoutError');
    const timedOut = history.find((event) => event.type === 'TaskTimedOut');
    expect(timedOut?.taskTimedOutEventDetails).toEqual({
      error: 'States.Timeout',
      resource: 'invoke',
      resourceType: 'lambda',
    });
  });

  it('holds for a function that ignores its signal, and for one that hangs', async () => {
    const clock = new VirtualClock({ startMs: 0, stallAfterMs: 10 });
    for (const f of [() => clock.sleep(99_000), () => new Promise(() => {})]) {
      const startedAt = clock.nowMs();
      const { result } = await execute({ T: taskOf('f', { TimeoutSeconds: 5 }) }, { clock, functions: { f } });
      expect(result).toMatchObject({ status: 'FAILED', error: 'States.Timeout', stoppedAtMs: startedAt + 5_000 });
      expect(result.cause).toBeUndefined();
    }
  });

  it('does not fire once the task is done', async () => {
    const { result, types } = await execute(
      { T: taskOf('f', { TimeoutSeconds: 5, Next: 'W', End: undefined }), W: { Type: 'Wait', Seconds: 60, End: true } },
      { functions: { f: () => 1 } },
    );
    expect(result.status).toBe('SUCCEEDED');
    expect(types).not.toContain('TaskTimedOut');
  });

  it('begins anew with every attempt', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let calls = 0;
    const f = () => (calls++ === 0 ? clock.sleep(99_000) : clock.sleep(9_000));
    const { result } = await execute(
      { T: taskOf('f', { TimeoutSeconds: 10, Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5 }] }) },
      { clock, functions: { f } },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', stoppedAtMs: 10_000 + 5_000 + 9_000 });
  });
});

describe('Retry', () => {
  const attempts = async (retry: object[], failures: number, error?: Error, random = () => 0.5) => {
    const clock = new VirtualClock({ startMs: 0 });
    const at: number[] = [];
    const f = flaky(failures, error);
    const { result } = await execute(
      { T: taskOf('f', { Retry: retry }) },
      {
        clock,
        random,
        functions: {
          f: () => {
            at.push(clock.nowMs() / 1000);
            return f();
          },
        },
      },
    );
    return { at, status: result.status };
  };

  it('tries 3 times more by default, after 1, 2 and 4 s', async () => {
    expect(await attempts([{ ErrorEquals: ['Flaky'] }], 9)).toEqual({ at: [0, 1, 3, 7], status: 'FAILED' });
    expect(await attempts([{ ErrorEquals: ['Flaky'] }], 3)).toEqual({ at: [0, 1, 3, 7], status: 'SUCCEEDED' });
  });

  it('backs off by the rate, never longer than MaxDelaySeconds', async () => {
    const retry = { ErrorEquals: ['Flaky'], IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 2 };
    expect((await attempts([retry], 9)).at).toEqual([0, 3, 7.5]);
    const capped = { ErrorEquals: ['Flaky'], IntervalSeconds: 3, BackoffRate: 2, MaxDelaySeconds: 5, MaxAttempts: 4 };
    expect((await attempts([capped], 9)).at).toEqual([0, 3, 8, 13, 18]);
  });

  it('with full jitter waits for a random part of the delay', async () => {
    const retry = {
      ErrorEquals: ['Flaky'],
      IntervalSeconds: 10,
      BackoffRate: 2,
      MaxAttempts: 2,
      JitterStrategy: 'FULL',
    };
    expect((await attempts([retry], 9, undefined, () => 0.25)).at).toEqual([0, 2.5, 7.5]);
  });

  it('with MaxAttempts 0 does not retry, also when a later entry would match', async () => {
    const never = { ErrorEquals: ['Flaky'], MaxAttempts: 0 };
    expect((await attempts([never, { ErrorEquals: ['States.ALL'] }], 9)).at).toEqual([0]);
  });

  it('counts every entry by itself (the example of the documentation: A, B, C, B)', async () => {
    const errors = ['ErrorA', 'ErrorB', 'ErrorC', 'ErrorB'];
    const clock = new VirtualClock({ startMs: 0 });
    const at: number[] = [];
    const { result } = await execute(
      {
        T: taskOf('f', {
          Retry: [
            { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
            { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
          ],
          ...caught(['States.ALL']),
        }),
        ...end,
      },
      {
        clock,
        functions: {
          f: () => {
            at.push(clock.nowMs() / 1000);
            throw named(errors.shift()!);
          },
        },
      },
    );
    expect(at).toEqual([0, 1, 3, 8]);
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'ErrorB' } });
  });

  it('forgets its counts when the state is entered again', async () => {
    const f = flaky(4);
    const { result } = await execute(
      {
        T: taskOf('f', { Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 2 }], ...caught(['Flaky']) }),
        Caught: { Type: 'Pass', Next: 'T' },
      },
      { functions: { f } },
    );
    expect(result.status).toBe('SUCCEEDED');
    expect(f.seen.calls).toBe(5);
  });

  it('shows RetryCount, evaluates the arguments again, and costs transitions', async () => {
    const seen: unknown[] = [];
    const f = flaky(2);
    const { execution } = await execute(
      {
        T: taskOf('f', {
          Arguments: { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' },
          Retry: [{ ErrorEquals: ['Flaky'] }],
        }),
      },
      {
        functions: {
          f: (payload) => {
            seen.push(payload);
            return f();
          },
        },
      },
    );
    expect(seen).toEqual([0, 1, 2]);
    expect(execution.transitions()).toBe(3);
  });
});

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
