import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { machineOf, start, taskOf } from './execute.ts';

const caught = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Handler' }], Retry: [{ ErrorEquals: ['States.ALL'] }] };

/** A slow task inside a Map inside a Parallel, with everything that could catch its end. */
const nested = () =>
  machineOf({
    P: {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'M',
          States: {
            M: {
              Type: 'Map',
              Items: [1, 2],
              ItemProcessor: { StartAt: 'T', States: { T: taskOf('slow') } },
              End: true,
            },
          },
        },
        { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 999, End: true } } },
      ],
      End: true,
      ...caught,
    },
    Handler: taskOf('handler'),
  });

const begin = (
  definition: object,
  work = (clock: VirtualClock, signal: AbortSignal) => clock.sleep(500_000, signal),
) => {
  const clock = new VirtualClock({ startMs: 0 });
  const signals: AbortSignal[] = [];
  const execution = start(definition, {
    clock,
    functions: {
      slow: (_, { signal }) => {
        signals.push(signal);
        return work(clock, signal);
      },
      handler: () => expect.unreachable(),
    },
  });
  return { clock, execution, signals };
};

describe('stopping an execution', () => {
  it('aborts the running tasks and runs no Catch and no Retry', async () => {
    const { clock, execution, signals } = begin(nested());
    clock.after(7_000, () => execution.stop('Interrupted', 'Ctrl-C'));
    expect(await execution.done).toEqual({
      status: 'ABORTED',
      error: 'Interrupted',
      cause: 'Ctrl-C',
      startedAtMs: 0,
      stoppedAtMs: 7_000,
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
    const { id, previousEventId, type, executionAbortedEventDetails } = execution.history().at(-1)!;
    expect({ previousEventId, type, executionAbortedEventDetails }).toEqual({
      previousEventId: 0,
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Interrupted', cause: 'Ctrl-C' },
    });
    await clock.sleep(1_000_000);
    expect(execution.history()).toHaveLength(id);
  });

  it('does not wait for a task that ignores its signal', async () => {
    const { clock, execution } = begin(machineOf({ T: taskOf('slow') }), (of) => of.sleep(500_000));
    clock.after(1_000, () => execution.stop());
    expect(await execution.done).toMatchObject({ status: 'ABORTED', stoppedAtMs: 1_000 });
    await clock.sleep(1_000_000);
    expect(execution.history().at(-1)!.type).toBe('ExecutionAborted');
  });

  it('during the wait for a retry, or before the first state, is possible too', async () => {
    const failing = machineOf({ T: taskOf('slow', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }] }) });
    const { clock, execution } = begin(failing, () => Promise.reject(new Error('no')));
    clock.after(30_000, () => execution.stop());
    expect(await execution.done).toMatchObject({ status: 'ABORTED', stoppedAtMs: 30_000 });
    const early = begin(nested());
    early.execution.stop();
    expect(await early.execution.done).toMatchObject({ status: 'ABORTED' });
    expect(early.signals).toEqual([]);
  });

  it('that has ended changes nothing, also when it is stopped twice', async () => {
    const { execution } = begin(machineOf({ A: { Type: 'Succeed' } }));
    const result = await execution.done;
    execution.stop('Late');
    expect(execution.result).toEqual(result);
    expect(execution.history().at(-1)!.type).toBe('ExecutionSucceeded');
    const twice = begin(nested());
    twice.clock.after(1, () => twice.execution.stop('First'));
    twice.clock.after(2, () => twice.execution.stop('Second'));
    expect(await twice.execution.done).toMatchObject({ error: 'First' });
  });

  it('while an expression is being evaluated by the library records nothing more', async () => {
    const slow = '{% $map([1..50], function($v) { $v }) %}';
    const { execution } = begin(machineOf({ A: { Type: 'Pass', Output: slow, Next: 'B' }, B: { Type: 'Succeed' } }));
    await Promise.resolve();
    await Promise.resolve();
    execution.stop();
    await execution.done;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(execution.history().at(-1)!.type).toBe('ExecutionAborted');
  });
});

describe('stopping an execution from its own listener', () => {
  const definition = machineOf({
    M: {
      Type: 'Map',
      Items: [1, 2],
      ItemProcessor: {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Next: 'T' },
          T: taskOf('f', { End: undefined, Next: 'W' }),
          W: { Type: 'Wait', Seconds: 1, Next: 'U' },
          U: taskOf('f'),
        },
      },
      Next: 'P',
    },
    P: { Type: 'Parallel', Branches: [{ StartAt: 'V', States: { V: taskOf('f') } }], End: true },
  });

  it('is possible at every event: it ends there, and no promise is left that nobody hears', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => unheard.push(error);
    process.on('unhandledRejection', hear);
    try {
      const whole = start(definition, { functions: { f: () => 1 } });
      await whole.done;
      for (let at = 1; at <= whole.history().length; at++) {
        let events = 0;
        const execution = start(definition, {
          functions: { f: () => 1 },
          onEvent: () => {
            events += 1;
            if (events === at) execution.stop('Interrupted');
          },
        });
        const { status } = await execution.done;
        expect(status, `stopped at event ${at}`).toBe(at === whole.history().length ? 'SUCCEEDED' : 'ABORTED');
        await new Promise((resolve) => setImmediate(resolve));
        expect(unheard, `stopped at event ${at}`).toEqual([]);
      }
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});

describe('timers of an execution', () => {
  it.each([
    ['succeeded', () => 1, 'SUCCEEDED'],
    ['failed', () => Promise.reject(new Error('no')), 'FAILED'],
    ['was stopped', () => new Promise(() => {}), 'ABORTED'],
  ])('that %s are all taken back: nothing keeps the process alive', async (_, slow, status) => {
    const clock = new VirtualClock({ startMs: 0 });
    let outstanding = 0;
    const counting = {
      nowMs: () => clock.nowMs(),
      sleep: clock.sleep.bind(clock),
      busy: clock.busy.bind(clock),
      after: () => {
        outstanding++;
        let isTaken = false;
        return () => {
          if (!isTaken) outstanding--;
          isTaken = true;
        };
      },
    };
    const definition = machineOf({ T: taskOf('slow', { TimeoutSeconds: 60 }) }, { TimeoutSeconds: 600 });
    const execution = start(definition, {
      clock: counting,
      functions: { slow },
      onEvent: ({ type }) => {
        if (type === 'TaskStarted' && status === 'ABORTED') setImmediate(() => execution.stop());
      },
    });
    expect((await execution.done).status).toBe(status);
    expect(outstanding).toBe(0);
  });
});

describe('TimeoutSeconds of a state machine', () => {
  it('ends the execution as TIMED_OUT without any Catch, at that second', async () => {
    const { clock, execution, signals } = begin({ ...nested(), TimeoutSeconds: 100 });
    expect(await execution.done).toEqual({ status: 'TIMED_OUT', startedAtMs: 0, stoppedAtMs: 100_000 });
    expect(signals.every((signal) => signal.aborted)).toBe(true);
    const last = execution.history().at(-1)!;
    expect(last.type).toBe('ExecutionTimedOut');
    await clock.sleep(1_000_000);
    expect(execution.history()).toHaveLength(last.id);
  });

  it('does nothing to an execution that ends in time', async () => {
    const { clock, execution } = begin({
      ...machineOf({ W: { Type: 'Wait', Seconds: 99, End: true } }),
      TimeoutSeconds: 100,
    });
    expect((await execution.done).status).toBe('SUCCEEDED');
    await clock.sleep(1_000_000);
    expect(execution.history().at(-1)!.type).toBe('ExecutionSucceeded');
  });
});
