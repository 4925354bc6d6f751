import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { caught, end } from './caught.ts';
import { execute, flaky, named, taskOf } from './execute.ts';

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
