import {
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sdkSchedules } from '#aws/stack/schedules.ts';
import { SCHEDULE_NAME } from '#core/stack/schedule.ts';
import { SCHEDULE_TARGET, schedule, schedulesContract } from '#test/contract/schedules.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { StubError, startStub } from '../stub/service.ts';
import { pointedAt } from './pointed-at.ts';

const { group } = SCHEDULE_TARGET;

let moto: MotoServer;
let client: SchedulerClient;
beforeAll(async () => {
  moto = await startMoto();
  client = new SchedulerClient(clientOf(moto.url));
});
afterAll(async () => {
  client.destroy();
  await moto.stop();
});
afterEach(() => vi.unstubAllEnvs());

async function openSchedules() {
  pointedAt({ SCHEDULER: moto.url });
  await client.send(new CreateScheduleGroupCommand({ Name: group }));
  return {
    schedules: sdkSchedules('us-east-1'),
    close: async () => void (await client.send(new DeleteScheduleGroupCommand({ Name: group }))),
  };
}

schedulesContract('EventBridge Scheduler', openSchedules);

describe('schedules of EventBridge Scheduler', () => {
  let opened: Awaited<ReturnType<typeof openSchedules>>;
  beforeEach(async () => {
    opened = await openSchedules();
  });
  afterEach(() => opened.close());

  const found = (Name: string) => client.send(new GetScheduleCommand({ GroupName: group, Name }));

  it('start the machine’s alias by the stack’s role, at the minute, and leave what fails with the dead letters', async () => {
    await opened.schedules.create(schedule(), SCHEDULE_TARGET);
    expect(await found('nightly')).toMatchObject({
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: SCHEDULE_TARGET.stateMachine,
        RoleArn: SCHEDULE_TARGET.roleArn,
        DeadLetterConfig: { Arn: SCHEDULE_TARGET.deadLetterArn },
        RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3600 },
      },
    });
  });

  it('are listed as somebody has changed them by hand', async () => {
    await opened.schedules.create(schedule(), SCHEDULE_TARGET);
    const { Target, ScheduleExpression, FlexibleTimeWindow } = await found('nightly');
    const changed = { ...Target, Arn: Target?.Arn, RoleArn: Target?.RoleArn, Input: 'not JSON' };
    await client.send(
      new UpdateScheduleCommand({
        ...{ Name: 'nightly', GroupName: group, State: 'DISABLED', Target: changed },
        ...{ ScheduleExpression, FlexibleTimeWindow },
      }),
    );
    expect(await opened.schedules.list(group)).toMatchObject([{ name: 'nightly', enabled: false, input: null }]);
  });

  it('are all listed, over as many pages as the service makes of them', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `n-${n}`);
    await Promise.all(names.map((name) => opened.schedules.create(schedule({ name }), SCHEDULE_TARGET)));
    const listed = await opened.schedules.list(group);
    expect(listed.map(({ name }) => name).sort()).toEqual(names.sort());
  }, 60_000);
});

/** EventBridge Scheduler's own rule for names. */
const THEIRS = /^[0-9a-zA-Z-_.]{1,64}$/;

it('names that a schedule may have here are names that EventBridge Scheduler takes', () => {
  fc.assert(
    fc.property(fc.stringMatching(SCHEDULE_NAME), (name) => {
      expect(name).toMatch(THEIRS);
    }),
  );
});

describe('what EventBridge Scheduler refuses', () => {
  const refusing = async (code: string, message: string, status: number) =>
    startStub({
      signingName: 'scheduler',
      answer: () => {
        throw new StubError(code, message, status);
      },
      refuse: (error) => ({
        status: error.status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
        body: JSON.stringify({ Message: error.message }),
      }),
    });

  it.each([
    ['ValidationException', 'Invalid Schedule Expression cron(nonsense).', 400, 'invalid'],
    ['ConflictException', 'Schedule nightly already exists.', 409, 'exists'],
    ['ServiceQuotaExceededException', 'too many schedules', 402, 'failed'],
    ['ThrottlingException', 'Rate exceeded', 429, 'throttled'],
    ['AccessDeniedException', 'not authorized to perform: iam:PassRole', 403, 'denied'],
    ['ResourceNotFoundException', 'Schedule group schedules does not exist.', 404, 'not-found'],
  ] as const)('comes as a problem of the closed set, in its own words: %s', async (code, message, status, problem) => {
    const stub = await refusing(code, message, status);
    pointedAt({ SCHEDULER: stub.url });
    const schedules = sdkSchedules('us-east-1');
    await expect(schedules.create(schedule(), SCHEDULE_TARGET)).rejects.toMatchObject({ problem, message });
    await expect(schedules.list(group)).rejects.toMatchObject({ problem });
    if (problem === 'not-found') expect(await schedules.delete(group, 'nightly')).toBe(false);
    else await expect(schedules.delete(group, 'nightly')).rejects.toMatchObject({ problem });
    await stub.close();
  });
});
