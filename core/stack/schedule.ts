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

/** What Scheduler fills in wherever it stands in an input ("Adding context attributes", its guide); there is no escape. */
const PLACEHOLDER = /<aws\.scheduler\.[a-z-]+>/;

/**
 * Places in a matrix that Scheduler would write something else into, so that another matrix would be measured than the
 * one that was checked.
 * @returns the path of each, `defaults.model` or `matrix.model[0]`, with its text.
 */
export function placeholders(value: unknown, path = ''): { path: string; text: string }[] {
  if (typeof value === 'string') return PLACEHOLDER.test(value) ? [{ path, text: value }] : [];
  if (Array.isArray(value)) return value.flatMap((one, index) => placeholders(one, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [...(PLACEHOLDER.test(key) ? [{ path: at, text: key }] : []), ...placeholders(one, at)];
  });
}
