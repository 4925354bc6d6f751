import { describe, expect, it } from 'vitest';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { guard } from '#local/runtime/guard.ts';
import type { InvokeTask } from '#local/runtime/runtime.ts';

const RUN = {
  run: 'night',
  execution: 'arn',
  cluster: { name: 'bench', version: '1.36', ephemeral: false },
  reason: 'Ctrl-C',
};

type Answer = 'done' | 'pending' | 'throws' | 'full' | 'hangs';

/** Answers each task in turn, the last answer for ever; tells what was called, and when. */
async function guarded(finalize: Answer[], release: Answer[], reason = RUN.reason) {
  const clock = new VirtualClock({ startMs: 0, stallAfterMs: 5 });
  const calls: { task: string; input: Record<string, unknown>; atSeconds: number }[] = [];
  const left = { FinalizeRun: [...finalize], ReleaseRun: [...release] } as Record<string, Answer[]>;
  const invoke: InvokeTask = async (task, input) => {
    calls.push({ task, input: input as Record<string, unknown>, atSeconds: clock.nowMs() / 1000 });
    const answer = left[task]!.length > 1 ? left[task]!.shift() : left[task]![0];
    if (answer === 'hangs') return new Promise(() => {});
    if (answer === 'throws') throw new Error('it broke');
    if (answer === 'full') throw new StepBenchError(ErrorName.StoreFull, 'The disk is full.', { nextStep: 'Free it.' });
    return { status: answer, warnings: task === 'ReleaseRun' && answer === 'done' ? ['the lease'] : [] };
  };
  const { released, warnings } = await guard(invoke, clock, { ...RUN, reason });
  const of = (task: string) => calls.filter((call) => call.task === task);
  return {
    released,
    warnings,
    finalized: of('FinalizeRun'),
    releases: of('ReleaseRun'),
    order: calls.map((call) => call.task),
  };
}

describe('the guard of a run', () => {
  it('finalizes and then releases, for the execution that failed', async () => {
    const { released, finalized, releases, order } = await guarded(['done'], ['done']);
    expect(released).toBe(true);
    expect(order).toEqual(['FinalizeRun', 'ReleaseRun']);
    expect(finalized[0]?.input).toEqual({
      ...{ run: 'night', execution: 'arn', failure: { error: 'Interrupted', cause: 'Ctrl-C' } },
    });
    expect(releases[0]?.input).toEqual({ run: 'night', execution: 'arn', cluster: RUN.cluster });
  });

  it('tells of no failure where nobody interrupted it', async () => {
    const { finalized } = await guarded(['done'], ['done'], '');
    expect(finalized[0]?.input.failure).toEqual({ error: '', cause: '' });
  });

  it('asks again, with a pause, what is pending or throws', async () => {
    const { released, finalized, releases } = await guarded(
      ['throws', 'pending', 'done'],
      ['pending', 'throws', 'pending', 'done'],
    );
    expect(released).toBe(true);
    expect(finalized.map(({ atSeconds }) => atSeconds)).toEqual([0, 1, 2]);
    expect(releases.map(({ atSeconds }) => atSeconds)).toEqual([2, 3, 4, 5]);
  });

  it('does not keep nodes waiting for rows that cannot be written, and tries those once more after', async () => {
    const { released, releases, order } = await guarded(['throws'], ['pending', 'done']);
    expect(released).toBe(true);
    expect(releases[0]?.atSeconds).toBeLessThanOrEqual(30);
    expect(order.at(-1)).toBe('FinalizeRun');
    const late = await guarded([...Array<Answer>(25).fill('throws'), 'done'], ['done']);
    expect(late.order.at(-1)).toBe('FinalizeRun');
    expect(late.finalized).toHaveLength(26);
  });

  it('tries three times to write to a store that is full, and tells what is not written, with what to do', async () => {
    const { released, releases, finalized, warnings } = await guarded(['full'], ['pending', 'done']);
    expect(released).toBe(true);
    expect(releases[0]?.atSeconds).toBe(2);
    expect(finalized).toHaveLength(6);
    expect(warnings).toEqual(['the lease', 'What was measured could not be finalized: The disk is full. Free it.']);
    expect((await guarded(['full', 'done'], ['done'])).warnings).toEqual(['the lease']);
  });

  it('keeps no node for rows when finalizing hangs, and tells what is not written', async () => {
    const { released, releases, order, warnings } = await guarded(['hangs'], ['pending', 'done']);
    expect(released).toBe(true);
    expect(order).toEqual(['FinalizeRun', 'ReleaseRun', 'ReleaseRun', 'FinalizeRun']);
    expect(releases[0]?.atSeconds).toBe(301);
    expect(warnings.at(-1)).toBe('What was measured could not be finalized: there was no answer for 300 s.');
    expect((await guarded(['hangs', 'done'], ['done'])).warnings).toEqual(['the lease']);
  });

  it('asks again when releasing hangs, and gives up after ten minutes', async () => {
    expect((await guarded(['done'], ['hangs', 'done'])).released).toBe(true);
    const { released, releases } = await guarded(['done'], ['hangs']);
    expect(released).toBe(false);
    expect(releases.at(-1)?.atSeconds).toBe(484);
  });

  it('gives up after ten minutes, and says so', async () => {
    const { released, releases } = await guarded(['done'], ['pending']);
    expect(released).toBe(false);
    expect(releases.at(-1)?.atSeconds).toBe(599);
    expect((await guarded(['done'], ['throws'])).released).toBe(false);
  });
});
