import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';

const hour = 3_600_000;

describe('virtual clock', () => {
  it('lets a year pass at once, to the millisecond', async () => {
    const clock = new VirtualClock({ startMs: 1000 });
    await clock.sleep(365 * 24 * hour + 1);
    expect(clock.nowMs()).toBe(1000 + 365 * 24 * hour + 1);
  });

  it('wakes sleepers by deadline, and by order of falling asleep when deadlines are equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 40 }), async (delays) => {
        const clock = new VirtualClock({ startMs: 0 });
        const woken: { at: number; index: number }[] = [];
        await Promise.all(
          delays.map(async (delay, index) => {
            await clock.sleep(delay);
            woken.push({ at: clock.nowMs(), index });
          }),
        );
        const expected = delays.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(woken).toEqual(expected);
      }),
    );
  });

  it('never goes backwards, whatever is slept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer({ min: -5, max: 50 }), { maxLength: 6 })), async (sleepers) => {
        const clock = new VirtualClock({ startMs: 0 });
        let latest = 0;
        await Promise.all(
          sleepers.map(async (delays) => {
            for (const delay of delays) {
              const before = clock.nowMs();
              await clock.sleep(delay);
              expect(clock.nowMs()).toBeGreaterThanOrEqual(Math.max(latest, before + Math.max(0, delay)));
              latest = clock.nowMs();
            }
          }),
        );
      }),
    );
  });

  it('stands still while a handler reads a file, then goes on', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const events: string[] = [];
    const timer = clock.sleep(10).then(() => events.push(`timer at ${clock.nowMs()}`));
    await clock.busy(async () => {
      for (let read = 0; read < 20; read++) await readFile(import.meta.filename);
      events.push(`handler done at ${clock.nowMs()}`);
    });
    await timer;
    expect(events).toEqual(['handler done at 0', 'timer at 10']);
  });

  it('moves while busy work itself sleeps, nested work included', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    await clock.busy(() => clock.busy(async () => clock.sleep(hour)));
    expect(clock.nowMs()).toBe(hour);
  });

  it('does not move for the sleep of one handler while another one is awake', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let finish = () => {};
    const awake = clock.busy(() => new Promise<void>((resolve) => (finish = resolve)));
    const asleep = clock.busy(() => clock.sleep(hour));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(clock.nowMs()).toBe(0);
    finish();
    await Promise.all([awake, asleep]);
    expect(clock.nowMs()).toBe(hour);
  });

  it('does not wait for ever for a handler that hangs', async () => {
    const clock = new VirtualClock({ startMs: 0, stallAfterMs: 10 });
    void clock.busy(() => new Promise(() => {}));
    await clock.sleep(hour);
    expect(clock.nowMs()).toBe(hour);
  });

  it('drains promise chains of any length before it jumps', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const events: string[] = [];
    const timer = clock.sleep(1).then(() => events.push('timer'));
    for (let link = 0; link < 500; link++) await undefined;
    events.push('chain');
    await timer;
    expect(events).toEqual(['chain', 'timer']);
  });

  it('wakes an aborted sleeper at once with the reason, and does not move for it', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const abort = new AbortController();
    const sleeping = clock.sleep(hour, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough');
    await clock.sleep(5);
    expect(clock.nowMs()).toBe(5);
  });

  it('does not call back a cancelled timer, even one due at the same time', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const called: string[] = [];
    clock.after(5, () => {
      called.push('first');
      cancelSecond();
    });
    const cancelSecond = clock.after(5, () => called.push('second'));
    const cancelThird = clock.after(7, () => called.push('third'));
    cancelThird();
    cancelThird();
    await clock.sleep(10);
    expect(called).toEqual(['first']);
  });

  it('runs timers outside the work that set them, so that a controller does not look busy', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const ticks: number[] = [];
    await clock.busy(async () => {
      clock.after(1, async () => {
        await clock.sleep(1);
        ticks.push(clock.nowMs());
      });
    });
    await clock.sleep(10);
    expect(ticks).toEqual([2]);
  });

  it('does not take a handler for asleep because a timer that it set sleeps', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    await clock.busy(async () => {
      clock.after(1, () => void clock.sleep(hour));
      await clock.sleep(2);
      for (let read = 0; read < 20; read++) await readFile(import.meta.filename);
      expect(clock.nowMs()).toBe(2);
    });
  });

  it('forgets cancelled timers: a million task timeouts do not pile up', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    for (let task = 0; task < 200_000; task++) clock.after(hour, () => {})();
    await clock.sleep(1);
    expect(clock.nowMs()).toBe(1);
  });
});
