import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  paginateListSchedules,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { RunSchedule, Schedules } from '#core/ports/stack.ts';
import { isAwsProblem } from '#core/stack/errors.ts';
import { throwingAwsErrors } from './errors.ts';

export function sdkSchedules(region: string): Schedules {
  const client = throwingAwsErrors(new SchedulerClient({ region }));
  return {
    create: async ({ name, expression, timeZone, input, retries, retryForSeconds }, target) => {
      await client.send(
        new CreateScheduleCommand({
          Name: name,
          GroupName: target.group,
          ScheduleExpression: expression,
          ScheduleExpressionTimezone: timeZone,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: target.stateMachine,
            RoleArn: target.roleArn,
            Input: JSON.stringify(input),
            RetryPolicy: { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: retryForSeconds },
            DeadLetterConfig: { Arn: target.deadLetterArn },
          },
        }),
      );
    },
    list: async (group) => {
      const found: (RunSchedule & { enabled: boolean })[] = [];
      for await (const { Schedules: page = [] } of paginateListSchedules({ client }, { GroupName: group })) {
        for (const { Name = '' } of page) {
          found.push(scheduleOf(await client.send(new GetScheduleCommand({ GroupName: group, Name }))));
        }
      }
      return found;
    },
    delete: async (group, name) => {
      try {
        await client.send(new DeleteScheduleCommand({ GroupName: group, Name: name }));
        return true;
      } catch (error) {
        if (isAwsProblem(error, 'not-found')) return false;
        throw error;
      }
    },
  };
}

const scheduleOf = (schedule: GetScheduleCommandOutput): RunSchedule & { enabled: boolean } => ({
  name: schedule.Name ?? '',
  expression: schedule.ScheduleExpression ?? '',
  timeZone: schedule.ScheduleExpressionTimezone ?? 'UTC',
  input: parsed(schedule.Target?.Input),
  retries: schedule.Target?.RetryPolicy?.MaximumRetryAttempts ?? 0,
  retryForSeconds: schedule.Target?.RetryPolicy?.MaximumEventAgeInSeconds ?? 0,
  enabled: schedule.State !== 'DISABLED',
});

/** Somebody may have changed it by hand. */
function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
