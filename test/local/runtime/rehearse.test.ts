import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import { rehearse } from '#local/runtime/rehearse.ts';
import { SMALL } from './virtual-run.ts';

test('a rehearsal ends with every cell measured and no node left', async () => {
  const { signal } = new AbortController();
  const result = await rehearse({ matrix: SMALL, run: 'small', signal });
  expect(result).toMatchObject({ status: 'SUCCEEDED', nodesLeft: 0, warnings: [] });
});

test.each([1, 400, 1500])('stopped at its event %i it ends at once, and its time goes on no more', async (at) => {
  const interruption = new AbortController();
  const events: ExecutionEvent['event'][] = [];
  const rehearsal = rehearse({
    matrix: SMALL,
    run: 'small',
    signal: interruption.signal,
    onEvent: ({ event }) => {
      events.push(event);
      if (events.length === at) interruption.abort(new Error('enough'));
    },
  });
  await expect(rehearsal).rejects.toThrow('enough');
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  expect(events.at(-1)!.timestamp).toBe(events[at - 1]!.timestamp);
});

test('stopped before it begins it does not begin', async () => {
  const events: unknown[] = [];
  const signal = AbortSignal.abort(new Error('enough'));
  const rehearsal = rehearse({ matrix: SMALL, run: 'small', signal, onEvent: (event) => events.push(event) });
  await expect(rehearsal).rejects.toThrow('enough');
  expect(events).toEqual([]);
});

test.each([1, 20])('stopped while it is being made ready, %i turns after its call, it ends alike', async (turns) => {
  const interruption = new AbortController();
  const rehearsal = rehearse({ matrix: SMALL, run: 'small', signal: interruption.signal });
  const ended = expect(rehearsal).rejects.toThrow('enough');
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  interruption.abort(new Error('enough'));
  await ended;
});
