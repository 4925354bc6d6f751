import { describe, expect, it } from 'vitest';
import type { EventSource, HistoryEvent } from '#local/asl/run/events.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { execute, type Handler, machineOf, named, start, taskOf } from './execute.ts';

const distributed = (state: object, fields: object = {}, more: Record<string, object> = {}) => ({
  M: {
    Type: 'Map',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Each',
      States: { Each: { End: true, ...state }, ...more },
    },
    Label: 'Cells',
    End: true,
    ...fields,
  },
  Caught: { Type: 'Pass', End: true },
});

const reader = (fields: object = {}) => ({
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSON', ...fields },
    Arguments: { Bucket: '{% $states.input.bucket %}', Key: 'plan.json' },
  },
});

const failing = (names: string[]): Record<string, Handler> => ({
  f: (item: string) => {
    if (names.includes(item)) throw named('Broken', item);
    return item;
  },
});

const items = ['a', 'b', 'c', 'd'];

describe('Distributed Map', () => {
  it('runs every item as an execution of its own, with its own history', async () => {
    const { execution, result, types } = await execute(
      distributed({ Type: 'Pass', Output: '{% $states.input & "!" %}' }),
      {
        input: items,
        machineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:Bench',
      },
    );
    expect(result.output).toEqual(['a!', 'b!', 'c!', 'd!']);
    expect(types.slice(1)).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    const children = execution.children();
    expect(children).toHaveLength(4);
    expect(children[1]!.history().map((event) => event.type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(children[1]!.arn).toMatch(/^arn:aws:states:us-east-1:111122223333:execution:Bench\/Cells:[0-9a-f-]{36}$/);
    expect(new Set(children.map((child) => child.arn)).size).toBe(4);
  });

  it('gives each child its own Execution in the context', async () => {
    const { execution, result } = await execute(
      distributed({ Type: 'Wait', Seconds: 5, Output: '{% $states.context.Execution %}' }, { MaxConcurrency: 1 }),
      { input: ['a', 'b'] },
    );
    const contexts = result.output as Record<string, unknown>[];
    expect(contexts.map((context) => context.Input)).toEqual(['a', 'b']);
    expect(contexts.map((context) => context.StartTime)).toEqual([
      '1970-01-01T00:00:00.000Z',
      '1970-01-01T00:00:05.000Z',
    ]);
    expect(contexts.map((context) => context.Id)).toEqual(execution.children().map((child) => child.arn));
  });

  it('does not let a child see outer variables or another item: they are passed by ItemSelector', async () => {
    const states = distributed(
      {
        Type: 'Pass',
        Output: '{% {"seen": $exists($run), "given": $states.input.run, "map": $exists($states.context.Map)} %}',
      },
      { ItemSelector: { run: '{% $run %}', item: '{% $states.context.Map.Item.Value %}' } },
    );
    const { result } = await execute(
      { A: { Type: 'Pass', Assign: { run: 'r1' }, Next: 'M' }, ...states },
      { input: ['a'] },
    );
    expect(result.output).toEqual([{ seen: false, given: 'r1', map: false }]);
  });

  it('tells the listener of every event as it happens, and whose it is', async () => {
    const seen: [HistoryEvent, EventSource][] = [];
    const { execution } = await execute(distributed(taskOf('f')), {
      input: ['a', 'b'],
      functions: failing([]),
      onEvent: (event, source) => seen.push([event, source]),
    });
    const of = (arn: string) => seen.filter(([, source]) => source.executionArn === arn);
    expect(of(execution.arn).map(([event]) => event)).toEqual(execution.history());
    expect(of(execution.arn)[0]![1].parentArn).toBeUndefined();
    for (const child of execution.children()) {
      expect(of(child.arn).map(([event]) => event)).toEqual(child.history());
      expect(of(child.arn)[0]![1].parentArn).toBe(execution.arn);
    }
  });

  it('reads its items from a JSON object in the store', async () => {
    const asked: unknown[] = [];
    const { result, history } = await execute(distributed({ Type: 'Pass' }, reader({ MaxItems: 3 })), {
      input: { bucket: 'b' },
      readItems: async (object) => {
        asked.push(object);
        return items;
      },
    });
    expect(result.output).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([{ bucket: 'b', key: 'plan.json' }]);
    expect(history[2]).toMatchObject({ type: 'MapStateStarted', mapStateStartedEventDetails: { length: 0 } });
  });

  it.each([
    ['what is no list', async () => ({ a: 1 }), 'Attempting to map over non-iterable node.'],
    ['what is not there', () => Promise.reject(new Error('no such key')), 'no such key'],
  ])('fails when it reads %s', async (_, readItems, cause) => {
    const { result, types } = await execute(distributed({ Type: 'Pass' }, reader()), {
      input: { bucket: 'b' },
      readItems,
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.ItemReaderFailed', cause });
    expect(types.slice(2)).toEqual([
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('is over with the first failure when none is tolerated: running children are aborted, no more are started', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const { execution, result } = await execute(
      distributed(
        taskOf('f', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Handler' }] }),
        { MaxConcurrency: 2 },
        { Handler: taskOf('g') },
      ),
      {
        clock,
        input: items,
        functions: {
          f: async (item: string, { signal }) => {
            if (item === 'b') await clock.sleep(60_000, signal);
            else await clock.sleep(1_000);
            throw named('Broken');
          },
          g: () => {
            throw named('HandlerBroken');
          },
        },
      },
    );
    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
      stoppedAtMs: 1_000,
    });
    const children = execution.children();
    expect(children.map((child) => [child.result?.status, child.result?.error])).toEqual([
      ['FAILED', 'HandlerBroken'],
      ['ABORTED', undefined],
    ]);
    expect(children[1]!.history().at(-1)!.type).toBe('ExecutionAborted');
  });

  it.each([
    [{ ToleratedFailurePercentage: 50 }, ['a', 'b'], true],
    [{ ToleratedFailurePercentage: 50 }, ['a', 'b', 'c'], false],
    [{ ToleratedFailureCount: 2 }, ['a', 'b'], true],
    [{ ToleratedFailureCount: 2 }, ['a', 'b', 'c'], false],
    [{ ToleratedFailurePercentage: 100 }, items, true],
    [{ ToleratedFailurePercentage: 100, ToleratedFailureCount: 1 }, ['a', 'b'], false],
    [{ ToleratedFailurePercentage: '{% 25 %}' }, ['a'], true],
    [{}, ['d'], false],
  ])('with %j and %j broken succeeds: %s', async (fields, broken, expected) => {
    const { result } = await execute(distributed(taskOf('f'), fields), { input: items, functions: failing(broken) });
    expect(result.status === 'SUCCEEDED').toBe(expected);
  });

  it('puts a failed child into the results as its execution', async () => {
    const { execution, result } = await execute(
      distributed(taskOf('f', { Output: '{% $states.result.Payload %}' }), { ToleratedFailurePercentage: 100 }),
      { input: ['a', 'b'], functions: failing(['b']) },
    );
    const [first, second] = result.output as [unknown, Record<string, unknown>];
    expect(first).toBe('a');
    expect(second).toMatchObject({
      ExecutionArn: execution.children()[1]!.arn,
      Status: 'FAILED',
      Error: 'Broken',
      Input: '"b"',
    });
  });

  it('is caught and tried again as other states are', async () => {
    const { result, execution } = await execute(
      distributed(taskOf('f'), {
        Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      }),
      { input: ['a'], functions: failing(['a']) },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'States.ExceedToleratedFailureThreshold' } });
    expect(execution.children()).toHaveLength(2);
  });

  it('gives each child 25,000 events of its own', async () => {
    const loop = {
      Type: 'Choice',
      End: undefined,
      Choices: [{ Condition: '{% $states.input.n > 0 %}', Next: 'Each', Output: { n: '{% $states.input.n - 1 %}' } }],
      Default: 'Done',
    };
    const { result, execution } = await execute(
      distributed(loop, { Output: 'ok' }, { Done: { Type: 'Pass', End: true } }),
      { input: Array.from({ length: 3 }, () => ({ n: 12_000 })) },
    );
    expect(result.output).toBe('ok');
    expect(execution.children().map((child) => child.history().length)).toEqual([24_006, 24_006, 24_006]);
  });

  it('aborts its children when it is stopped', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const signals: AbortSignal[] = [];
    const execution = start(machineOf(distributed(taskOf('f'))), {
      clock,
      input: ['a', 'b'],
      functions: {
        f: (_, { signal }) => {
          signals.push(signal);
          return clock.sleep(60_000, signal);
        },
      },
    });
    clock.after(5_000, () => execution.stop('Enough', 'of this'));
    expect(await execution.done).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of this' });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
    expect(execution.children().map((child) => child.result?.status)).toEqual(['ABORTED', 'ABORTED']);
  });
});
