import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RealClock } from '#local/clock/real-clock.ts';

describe('real clock', () => {
  it('sleeps at least as long as asked', async () => {
    const clock = new RealClock();
    const before = performance.now();
    await clock.sleep(10);
    expect(performance.now() - before).toBeGreaterThanOrEqual(9);
  });

  it('does not fire at once for a delay beyond what setTimeout takes', async () => {
    const clock = new RealClock();
    const setTimeoutSpy = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => void vi.restoreAllMocks());
    let fired = false;
    const cancel = clock.after(99_999_999_000, () => {
      fired = true;
    });
    await clock.sleep(5);
    cancel();
    expect(fired).toBe(false);
    expect(setTimeoutSpy.mock.calls.every(([, ms]) => ms! < 2 ** 31)).toBe(true);
  });

  it('rejects an aborted sleep with the reason', async () => {
    const clock = new RealClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(60_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });

  it('hands back what the work returns', async () => {
    expect(await new RealClock().busy(async () => 7)).toBe(7);
  });
});
