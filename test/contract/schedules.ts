import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunSchedule, Schedules, ScheduleTarget } from '#core/ports/stack.ts';
import { scheduledInput } from '#core/stack/schedule.ts';

interface OpenSchedules {
  schedules: Schedules;
  close(): Promise<void>;
}

export const SCHEDULE_TARGET: ScheduleTarget = {
  group: 'schedules',
  stateMachine: 'arn:aws:states:us-east-1:111122223333:stateMachine:Benchmark:live',
  roleArn: 'arn:aws:iam::111122223333:role/schedules',
  deadLetterArn: 'arn:aws:sqs:us-east-1:111122223333:dead',
};

export const schedule = (changes: Partial<RunSchedule> = {}): RunSchedule => ({
  name: 'nightly',
  expression: 'cron(30 2 * * ? *)',
  timeZone: 'Europe/Zurich',
  input: scheduledInput('nightly', { name: 'größer 𐍈', text: '"quoted" \\ <b> \n', matrix: { concurrency: [1, 2] } }),
  retries: 5,
  retryForSeconds: 3600,
  ...changes,
});

/** The group is there, and empty. */
export function schedulesContract(what: string, open: () => Promise<OpenSchedules>): void {
  describe(`schedules of ${what}`, () => {
    let opened: OpenSchedules;
    let schedules: Schedules;
    beforeEach(async () => {
      opened = await open();
      schedules = opened.schedules;
    });
    afterEach(() => opened.close());

    it('are none at first', async () => {
      expect(await schedules.list(SCHEDULE_TARGET.group)).toEqual([]);
    });

    it('are listed as they were made', async () => {
      await schedules.create(schedule(), SCHEDULE_TARGET);
      await schedules.create(schedule({ name: 'weekly', expression: 'rate(7 days)', retries: 0 }), SCHEDULE_TARGET);
      const listed = await schedules.list(SCHEDULE_TARGET.group);
      expect(listed.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        { ...schedule(), enabled: true },
        { ...schedule({ name: 'weekly', expression: 'rate(7 days)', retries: 0 }), enabled: true },
      ]);
    });

    it('are made once of a name, and the first one stays', async () => {
      await schedules.create(schedule(), SCHEDULE_TARGET);
      const again = schedules.create(schedule({ expression: 'rate(1 day)' }), SCHEDULE_TARGET);
      await expect(again).rejects.toMatchObject({ name: 'AwsError', problem: 'exists' });
      expect(await schedules.list(SCHEDULE_TARGET.group)).toMatchObject([{ expression: 'cron(30 2 * * ? *)' }]);
    });

    it('are deleted once, and then may be made again', async () => {
      await schedules.create(schedule(), SCHEDULE_TARGET);
      expect(await schedules.delete(SCHEDULE_TARGET.group, 'nightly')).toBe(true);
      expect(await schedules.delete(SCHEDULE_TARGET.group, 'nightly')).toBe(false);
      expect(await schedules.delete(SCHEDULE_TARGET.group, 'never')).toBe(false);
      await schedules.create(schedule({ expression: 'rate(1 day)' }), SCHEDULE_TARGET);
      expect(await schedules.list(SCHEDULE_TARGET.group)).toHaveLength(1);
    });
  });
}
