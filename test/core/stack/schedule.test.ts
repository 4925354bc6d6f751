import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN_ID } from '#core/cluster/names.ts';
import { isOfSchedule, placeholders, SCHEDULE_NAME, scheduledInput, scheduledRun } from '#core/stack/schedule.ts';

const anyTime = fc
  .date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);

describe('an occasion of a schedule', () => {
  it('has a run id of its own, whatever the schedule is named and whenever it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(SCHEDULE_NAME), anyTime, (name, time) => {
        const input = scheduledInput(name, {}).run?.replace('<aws.scheduler.scheduled-time>', time) ?? '';
        const { run = '', schedule } = scheduledRun(input) ?? {};
        expect(run).toMatch(RUN_ID);
        expect(schedule).toBe(name);
        expect(isOfSchedule(run, name)).toBe(true);
        expect(isOfSchedule(run, `${name}-2`)).toBe(false);
      }),
    );
  });

  it('comes after those before it in the order of ids', () => {
    const runOf = (time: string) => scheduledRun(`n@${time}`)?.run ?? '';
    fc.assert(
      fc.property(anyTime, anyTime, (a, b) => {
        fc.pre(a.slice(0, 16) < b.slice(0, 16));
        expect(runOf(a) < runOf(b)).toBe(true);
      }),
    );
  });

  it.each([
    'nightly',
    'nightly@',
    'nightly@2026-07-06',
    'Nightly@2026-07-06T02:30:00Z',
    'a-name-beyond-bounds@2026-07-06T02:30:00Z',
  ])('is not %j', (requested) => expect(scheduledRun(requested)).toBeUndefined());
});

describe('what Scheduler would fill in', () => {
  const PLACEHOLDERS = ['schedule-arn', 'scheduled-time', 'execution-id', 'attempt-number'].map(
    (name) => `<aws.scheduler.${name}>`,
  );

  it.each(PLACEHOLDERS)('is found with its path, in values and in names: %s', (text) => {
    const matrix = { name: 'n', matrix: { model: ['a', `b/${text}`] }, endpoints: { e: { headers: { [text]: 1 } } } };
    expect(placeholders(matrix)).toEqual([
      { path: 'matrix.model[1]', text: `b/${text}` },
      { path: `endpoints.e.headers.${text}`, text },
    ]);
  });

  it('is nothing else: whatever has no such mark goes through', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('<aws.scheduler.'));
        expect(placeholders(value)).toEqual([]);
      }),
    );
    expect(placeholders({ note: 'a < b, <aws>, aws.scheduler.execution-id' })).toEqual([]);
  });
});
