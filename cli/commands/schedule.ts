import { readMatrix } from '#core/matrix/read.ts';
import type { RunSchedule } from '#core/ports/stack.ts';
import { isAwsProblem } from '#core/stack/errors.ts';
import { Output } from '#core/stack/outputs.ts';
import { placeholders, SCHEDULE_NAME, scheduledInput } from '#core/stack/schedule.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { readMatrixFile } from '../input/matrix-file.ts';
import { planOf } from '../planning.ts';
import { duration, usd } from '../render/format.ts';
import { longCellLines } from '../render/long-cells.ts';
import { table } from '../render/table.ts';
import { askAwsAbout, checkPlace } from '../stack/before-start.ts';
import { confirmed } from '../stack/confirmed.ts';
import { keptCluster } from '../stack/kept-cluster.ts';
import { openStack, type StackArguments, scheduleTarget } from '../stack/open-stack.ts';
import { wrapped } from '../terminal/printable.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface ScheduleArguments extends StackArguments {
  json?: boolean;
}

export interface CreateScheduleArguments extends ScheduleArguments {
  name: string;
  matrix: string;
  /** cron(...), rate(...) or at(...). */
  at: string;
  timeZone?: string;
  retries?: string;
  yes?: boolean;
}

const EXPRESSION = /^(cron|rate|at)\(.+\)$/;

/** Scheduler's default is a day; a benchmark that starts so late is in the way of the next one. */
const RETRY_FOR_SECONDS = 3600;
const DEFAULT_RETRIES = 3;
const MOST_RETRIES = 185;

/** stepbench schedule create: a run of the matrix again and again. */
export async function createSchedule(cli: Cli, args: CreateScheduleArguments): Promise<ExitCode> {
  const { name, at: expression, timeZone = 'UTC' } = args;
  checkName(name);
  if (!EXPRESSION.test(expression)) {
    throw new CliError('bad-usage', 'this is no time of EventBridge Scheduler', {
      where: `--at ${expression}`,
      nextStep: 'Write --at "cron(0 2 * * ? *)" for every night at two, or --at "rate(7 days)".',
    });
  }
  checkTimeZone(timeZone);
  const retries = retriesOf(args.retries);
  const matrix = await readMatrixFile(args.matrix);
  checkPlaceholders(matrix, args.matrix);
  const stack = await openStack(cli, args);
  const read = readMatrix(matrix);
  if (read.ok) await checkPlace(stack, read.matrix, args.matrix);
  const plan = planOf(matrix, args.matrix, {
    run: name,
    nowMs: cli.nowMs(),
    ...(await askAwsAbout(stack.ports, read)),
  });
  const each = `about ${usd(plan.estimate.totalUsd)} and ${duration(plan.estimate.makespanSeconds)}, and up to ${usd(plan.budgetUsd)}`;
  const question = `Run ${plan.name} at ${expression} (${timeZone}), each time for ${each}?`;
  const { width, paint } = cli.stderr;
  writeLines(cli.stderr, [
    ...longCellLines(plan, { width: width(), paint }),
    ...keptCluster(plan.cluster, stack).flatMap((line) => wrapped(line, width())),
  ]);
  await confirmed(cli, { yes: args.yes === true, question, what: 'each run of a schedule costs money' });
  const schedule: RunSchedule = {
    name,
    expression,
    timeZone,
    input: scheduledInput(name, matrix),
    retries,
    retryForSeconds: RETRY_FOR_SECONDS,
  };
  try {
    await stack.ports.schedules.create(schedule, scheduleTarget(stack));
  } catch (error) {
    if (!isAwsProblem(error, 'exists')) throw error;
    throw new CliError('schedule-exists', 'the stack has a schedule of this name already', {
      where: name,
      nextStep: `Delete it first: stepbench schedule delete ${name} --stack ${stack.name}. Or choose another name.`,
    });
  }
  if (args.json === true)
    writeJson(cli, {
      schema_version: 1,
      command: 'schedule create',
      stack: stack.name,
      schedule: scheduleJson(schedule),
    });
  else {
    writeLines(cli.stdout, [
      `Scheduled ${name}: ${expression}, ${timeZone}. Each run is named ${name}-<date>t<time>, and is refused while one of this schedule is under way.`,
    ]);
  }
  return ExitCode.Succeeded;
}

/** stepbench schedule list */
export async function listSchedules(cli: Cli, args: ScheduleArguments): Promise<ExitCode> {
  const stack = await openStack(cli, args);
  const found = await stack.ports.schedules.list(stack.output(Output.scheduleGroup));
  if (args.json === true) {
    const schedules = found.map((schedule) => ({ ...scheduleJson(schedule), enabled: schedule.enabled }));
    writeJson(cli, { schema_version: 1, command: 'schedule list', stack: stack.name, schedules });
    return ExitCode.Succeeded;
  }
  const { stdout } = cli;
  const columns = [
    { title: 'schedule' },
    { title: 'when' },
    { title: 'time zone' },
    { title: 'matrix', spare: 1 },
    { title: '' },
  ];
  const rows = found.map((one) => [
    one.name,
    one.expression,
    one.timeZone,
    matrixName(one.input),
    one.enabled ? '' : { text: 'disabled', style: 'yellow' as const },
  ]);
  writeLines(
    stdout,
    found.length === 0
      ? ['The stack has no schedule.']
      : table(columns, rows, { width: stdout.width(), paint: stdout.paint }),
  );
  return ExitCode.Succeeded;
}

/** stepbench schedule delete: no further run starts; one that is under way goes on. */
export async function deleteSchedule(cli: Cli, args: ScheduleArguments & { name: string }): Promise<ExitCode> {
  // Stopping what costs money must be possible whatever version the stack has.
  const stack = await openStack(cli, args, { anyVersion: true });
  const deleted = await stack.ports.schedules.delete(stack.output(Output.scheduleGroup), args.name);
  if (!deleted) {
    throw new CliError('schedule-unknown', 'the stack has no such schedule', {
      where: args.name,
      nextStep: `stepbench schedule list --stack ${stack.name} shows those that it has.`,
    });
  }
  if (args.json === true) {
    writeJson(cli, { schema_version: 1, command: 'schedule delete', stack: stack.name, schedule: args.name, deleted });
  } else writeLines(cli.stdout, [`Deleted ${args.name}: it starts no further run. A run that is under way goes on.`]);
  return ExitCode.Succeeded;
}

function checkName(name: string): void {
  if (SCHEDULE_NAME.test(name)) return;
  throw new CliError('bad-usage', 'this is no name of a schedule', {
    where: name,
    nextStep:
      'Write 1 to 18 of a-z, 0-9 and -, beginning and ending with a letter or a digit: its runs are named after it.',
  });
}

function checkPlaceholders(matrix: unknown, where: string): void {
  const found = placeholders(matrix).map(({ path, text }) => `${path} ${JSON.stringify(text)}`);
  if (found.length === 0) return;
  throw new CliError(
    'matrix-invalid',
    `EventBridge Scheduler would fill in what stands between < and >, and another matrix would be measured: ${found.join(', ')}`,
    { where, nextStep: 'Write it without <aws.scheduler...>. The date of a run is in its id. Nothing was scheduled.' },
  );
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new CliError('bad-usage', 'there is no such time zone', {
      where: `--time-zone ${timeZone}`,
      nextStep: 'Write it as Europe/Zurich, America/New_York or UTC.',
    });
  }
}

function retriesOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_RETRIES;
  const retries = Number(text);
  if (text.trim() !== '' && Number.isInteger(retries) && retries >= 0 && retries <= MOST_RETRIES) return retries;
  throw new CliError('bad-usage', `the number of retries is no whole number from 0 to ${MOST_RETRIES}`, {
    where: `--retries ${text}`,
  });
}

/** Somebody may have changed the schedule by hand. */
function matrixName(input: unknown): string {
  const { matrix } = (input ?? {}) as { matrix?: { name?: unknown } };
  return typeof matrix?.name === 'string' ? matrix.name : '?';
}

const scheduleJson = ({ name, expression, timeZone, retries, retryForSeconds, input }: RunSchedule) => ({
  name,
  expression,
  time_zone: timeZone,
  retries,
  retry_for_s: retryForSeconds,
  matrix: matrixName(input),
});

const writeJson = (cli: Cli, value: unknown): void => cli.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
