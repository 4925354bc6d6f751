import type { ExecutionInput } from '../workflow/payload.ts';

/**
 * Runs that a schedule starts. EventBridge Scheduler delivers at least once, and names each delivery differently;
 * what all deliveries of one occasion share is the time they were scheduled for. So a run is named after that: the
 * second delivery meets the first one's lease, and another occasion is another run.
 *
 * Scheduler writes the time as 2026-11-24T02:30:00Z, whose colons no run id takes: the input bears
 * `nightly@2026-11-24T02:30:00Z`, which ExpandMatrix makes `nightly-20261124t0230`. Schedules know no seconds.
 */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/** With the 14 characters of the time a run id of 32 at most. */
export const SCHEDULE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,16}[a-z0-9])?$/;

const REQUESTED = /^([^@]+)@(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?Z$/;
const RUN = /^(.+)-\d{8}t\d{4}$/;

/** What the schedule starts executions with; Scheduler puts the time in. */
export const scheduledInput = (schedule: string, matrix: unknown): ExecutionInput => ({
  matrix,
  run: `${schedule}@${SCHEDULED_TIME}`,
});

/** The run of an occasion; undefined for what asks for a run by its own id. */
export function scheduledRun(requested: string): { schedule: string; run: string } | undefined {
  const [, schedule, year, month, day, hour, minute] = REQUESTED.exec(requested) ?? [];
  if (schedule === undefined || !SCHEDULE_NAME.test(schedule)) return undefined;
  return { schedule, run: `${schedule}-${year}${month}${day}t${hour}${minute}` };
}

/** Whether a run is an occasion of the schedule. Their ids are in the order of their times. */
export const isOfSchedule = (run: string, schedule: string): boolean => RUN.exec(run)?.[1] === schedule;
