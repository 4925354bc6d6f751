import { expect, test } from 'vitest';
import { assertBefore } from '#lambdas/cluster/deadline.ts';
import { BEGAN, StandingClock } from '../fakes/clock.ts';

test('a deadline has passed in the millisecond that it names, and not before', () => {
  const clock = new StandingClock();
  const passed = expect.objectContaining({
    name: 'DeadlinePassed',
    message: expect.stringContaining('Nothing: the deadline'),
  });
  expect(() => assertBefore('2026-07-01T12:00:00.001Z', clock, 'Nothing')).not.toThrow();
  expect(() => assertBefore(BEGAN, clock, 'Nothing')).toThrow(passed);
  expect(() => assertBefore('2026-07-01T11:59:59.999Z', clock, 'Nothing')).toThrow(passed);
});
