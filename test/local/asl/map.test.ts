import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { execute, flaky, named, taskOf } from './execute.ts';

const map = (state: object, fields: object = {}, more: Record<string, object> = {}) => ({
  M: {
    Type: 'Map',
    Items: '{% $states.input %}',
    ItemProcessor: { StartAt: 'Each', States: { Each: { End: true, ...state }, ...more } },
    End: true,
    ...fields,
  },
  Caught: { Type: 'Pass', End: true },
});

describe('inline Map', () => {
  it('collects the outputs in the order of the items, whichever ends first', async () => {
    const { result } = await execute(map({ Type: 'Wait', Seconds: '{% 5 - $states.input %}' }), { input: [1, 2, 3] });
    expect(result).toMatchObject({ output: [1, 2, 3], stoppedAtMs: 4_000 });
  });

  it('knows index and value of the item, in ItemSelector and in the iteration', async () => {
    const { result } = await execute(
      map(
        {
          Type: 'Pass',
          Output: '{% [$states.input.at, $states.context.Map.Item.Index, $states.context.Map.Item.Value] %}',
        },
        { ItemSelector: { at: '{% $states.context.Map.Item.Index %}', all: '{% $count($states.input) %}' } },
      ),
      { input: ['a', 'b'] },
    );
    expect(result.output).toEqual([
      [0, 0, 'a'],
      [1, 1, 'b'],
    ]);
  });

  it('inside another Map has its own item', async () => {
    const inner = {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'Inner',
        States: { Inner: { Type: 'Pass', Output: '{% $states.context.Map.Item.Value %}', End: true } },
      },
    };
    const { result } = await execute(map(inner), { input: [[1, 2], [3]] });
    expect(result.output).toEqual([[1, 2], [3]]);
  });

  it.each([
    [1, 30],
    [2, 20],
    [0, 10],
    ['{% 1 + 1 %}', 20],
  ])('with MaxConcurrency %s takes %s s for three items of 10 s', async (MaxConcurrency, seconds) => {
    const { result } = await execute(map({ Type: 'Wait', Seconds: 10 }, { MaxConcurrency }), { input: [1, 2, 3] });
    expect(result.stoppedAtMs).toBe(seconds * 1000);
  });

  it('never runs more than 40 iterations at once', async () => {
    const clock = new VirtualClock();
    let running = 0;
    let most = 0;
    const f = async () => {
      most = Math.max(most, ++running);
      await clock.sleep(1_000);
      running--;
    };
    const input = Array.from({ length: 100 }, (_, at) => at);
    await execute(map(taskOf('f')), { clock, input, functions: { f } });
    expect(most).toBe(40);
    await execute(map(taskOf('f'), { MaxConcurrency: 100 }), { clock, input, functions: { f } });
    expect(most).toBe(40);
  });

  it('starts iterations together and says so first, as AWS does', async () => {
    const { history } = await execute(map({ Type: 'Pass' }, { MaxConcurrency: 2 }), { input: [1, 2, 3] });
    expect(history.slice(2, -3).map(({ previousEventId, type }) => `${type} after ${previousEventId}`)).toEqual([
      'MapStateStarted after 2',
      'MapIterationStarted after 3',
      'MapIterationStarted after 3',
      'PassStateEntered after 4',
      'PassStateExited after 6',
      'MapIterationSucceeded after 7',
      'MapIterationStarted after 7',
      'PassStateEntered after 5',
      'PassStateExited after 10',
      'MapIterationSucceeded after 11',
      'PassStateEntered after 9',
      'PassStateExited after 13',
      'MapIterationSucceeded after 14',
    ]);
  });

  it('fails with its first failing iteration; the others are aborted and none of their Catch runs', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const signals: AbortSignal[] = [];
    const { result, history } = await execute(
      map(taskOf('f', { Catch: [{ ErrorEquals: ['Slow'], Next: 'Handler' }] }), {}, { Handler: taskOf('handler') }),
      {
        clock,
        input: [1, 2, 3],
        functions: {
          f: async (n: number, { signal }) => {
            signals.push(signal);
            await clock.sleep(n * 1_000);
            throw named(n === 1 ? 'First' : 'Slow');
          },
          handler: () => expect.unreachable(),
        },
      },
    );
    expect(result).toMatchObject({ status: 'FAILED', error: 'First', stoppedAtMs: 1_000 });
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true, true]);
    const failedAt = history.findIndex(({ type }) => type === 'TaskFailed');
    expect(history.slice(failedAt + 1).map(({ previousEventId, type }) => `${type} after ${previousEventId}`)).toEqual(
      [
        'MapIterationFailed',
        'TaskStateAborted',
        'TaskStateAborted',
        'MapIterationAborted',
        'TaskStateAborted',
        'MapIterationAborted',
        'MapStateFailed',
      ]
        .map((type) => `${type} after ${failedAt + 1}`)
        .concat(`ExecutionFailed after ${failedAt + 8}`),
    );
    await clock.sleep(10_000);
    expect(history).toHaveLength(failedAt + 9);
  });

  it('is tried again as a whole: items that had succeeded run again', async () => {
    const f = flaky(1);
    const calls: number[] = [];
    const { result } = await execute(
      map(taskOf('f'), { MaxConcurrency: 1, Retry: [{ ErrorEquals: ['Flaky'] }], Output: 'ok' }),
      {
        input: [1, 2],
        functions: {
          f: (n: number) => {
            calls.push(n);
            return n === 2 ? f() : n;
          },
        },
      },
    );
    expect(result.output).toBe('ok');
    expect(calls).toEqual([1, 2, 1, 2]);
  });

  it('is caught with the error of the iteration', async () => {
    const { result, types } = await execute(
      map(
        { Type: 'Fail', End: undefined, Error: 'E', Cause: 'C' },
        { Catch: [{ ErrorEquals: ['E'], Next: 'Caught' }] },
      ),
      { input: [1] },
    );
    expect(result.output).toEqual({ Error: 'E', Cause: 'C' });
    expect(types.slice(4, 8)).toEqual(['FailStateEntered', 'MapIterationFailed', 'MapStateFailed', 'MapStateExited']);
  });

  it('an evaluation that fails deep inside names the state it happened in', async () => {
    const { result } = await execute(map({ Type: 'Pass', Output: '{% $missing %}' }), { input: [1] });
    expect(result.cause).toMatch(/the state 'Each' \(entered at the event id #5\)/);
  });

  it('an ItemSelector that fails fails the Map', async () => {
    const { result } = await execute(map({ Type: 'Pass' }, { ItemSelector: { x: '{% $missing %}' } }), { input: [1] });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(result.cause).toMatch(/'M' .* 'ItemSelector\/x' returned nothing/);
  });

  it('gives the same results whatever the concurrency and the durations', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.nat(), s: fc.nat(3) }), { maxLength: 60 }),
        fc.nat(50),
        async (items, MaxConcurrency) => {
          const wait = { Type: 'Wait', Seconds: '{% $states.input.s %}', Output: '{% $states.input.id %}' };
          const { result } = await execute(map(wait, { MaxConcurrency }), { input: items });
          expect(result.output).toEqual(items.map(({ id }) => id));
        },
      ),
      { numRuns: 50 },
    );
  });
});
