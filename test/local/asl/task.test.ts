import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { caught, end } from './caught.ts';
import { execute, flaky, machineOf, named, start, taskOf } from './execute.ts';

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
