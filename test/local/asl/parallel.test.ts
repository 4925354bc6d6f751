import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { execute, flaky, taskOf } from './execute.ts';

const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: { End: true, ...state } } });
const pass = (output: unknown) => ({ Type: 'Pass', Output: output });
const parallel = (branches: object[], fields: object = {}) => ({
  P: { Type: 'Parallel', Branches: branches, End: true, ...fields },
  Caught: { Type: 'Pass', End: true },
});

describe('Parallel', () => {
  it('gives every branch the input and collects the outputs in their order', async () => {
    const { result } = await execute(
      parallel([
        branch('A', { Type: 'Wait', Seconds: 9, Output: '{% $states.input & "a" %}' }),
        branch('B', pass('{% $states.input & "b" %}')),
      ]),
      { input: 'in' },
    );
    expect(result).toMatchObject({ output: ['ina', 'inb'], stoppedAtMs: 9_000 });
  });

  it('gives the branches its Arguments instead, and its own Output sees all results', async () => {
    const { result } = await execute(
      parallel([branch('A', pass('{% $states.input.n %}')), branch('B', pass(2))], {
        Arguments: { n: '{% $states.input + 1 %}' },
        Output: '{% $sum($states.result) %}',
      }),
      { input: 1 },
    );
    expect(result.output).toBe(4);
  });

  it('runs the branches side by side', async () => {
    const { result } = await execute(
      parallel(['A', 'B', 'C'].map((name) => branch(name, { Type: 'Wait', Seconds: 10 }))),
    );
    expect(result.stoppedAtMs).toBe(10_000);
  });

  it('records the events of AWS', async () => {
    const { history } = await execute(parallel([branch('A', pass(1))]));
    expect(history.map(({ id, previousEventId, type }) => `${id} after ${previousEventId}: ${type}`)).toEqual([
      '1 after 0: ExecutionStarted',
      '2 after 0: ParallelStateEntered',
      '3 after 2: ParallelStateStarted',
      '4 after 3: PassStateEntered',
      '5 after 4: PassStateExited',
      '6 after 5: ParallelStateSucceeded',
      '7 after 5: ParallelStateExited',
      '8 after 7: ExecutionSucceeded',
    ]);
  });

  it('fails as soon as a branch does; what still runs is aborted without its Catch', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let aborted = false;
    const slow = branch('Slow', taskOf('slow', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Handler' }] }));
    const { result, types } = await execute(
      parallel([
        branch('Boom', { Type: 'Fail', End: undefined, Error: 'Boom', Cause: 'why' }),
        { ...slow, States: { ...slow.States, Handler: taskOf('handler') } },
        branch('Waiting', { Type: 'Wait', Seconds: 60 }),
      ]),
      {
        clock,
        functions: {
          slow: (_, { signal }) => {
            signal.addEventListener('abort', () => (aborted = true));
            return clock.sleep(1_000, signal);
          },
          handler: () => expect.unreachable(),
        },
      },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'Boom', cause: 'why', stoppedAtMs: 0 });
    expect(aborted).toBe(true);
    expect(types).toContain('TaskStateAborted');
    expect(types).toContain('WaitStateAborted');
    expect(types.slice(-2)).toEqual(['ParallelStateFailed', 'ExecutionFailed']);
  });

  it('records nothing of an aborted branch any more, however long it goes on', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const late = { ...branch('Late', taskOf('late', { End: undefined, Next: 'After' })) };
    const { types } = await execute(
      {
        ...parallel(
          [
            branch('Boom', { Type: 'Fail', End: undefined }),
            { ...late, States: { ...late.States, After: { ...pass(1), End: true } } },
          ],
          {
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          },
        ),
        Caught: { Type: 'Wait', Seconds: 100, End: true },
      },
      { clock, functions: { late: () => clock.sleep(10_000) } },
    );
    expect(types.slice(types.indexOf('ParallelStateFailed'))).toEqual([
      'ParallelStateFailed',
      'ParallelStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('is tried again as a whole, and caught', async () => {
    const f = flaky(2);
    const { result, types } = await execute(
      parallel([branch('A', taskOf('f')), branch('B', pass(1))], {
        Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 5, MaxAttempts: 2 }],
      }),
      { functions: { f } },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', stoppedAtMs: 15_000 });
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(3);
    expect(types).not.toContain('ParallelStateFailed');
    const caught = await execute(
      parallel([branch('A', { Type: 'Fail', End: undefined, Error: 'E' })], {
        Catch: [{ ErrorEquals: ['E'], Next: 'Caught' }],
      }),
    );
    expect(caught.result.output).toEqual({ Error: 'E', Cause: '' });
    expect(caught.types.slice(3, 6)).toEqual(['FailStateEntered', 'ParallelStateFailed', 'ParallelStateExited']);
  });
});
