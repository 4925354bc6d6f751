import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { deploy } from '../commands/deploy.ts';
import { destroy } from '../commands/destroy.ts';
import { release } from '../commands/release.ts';
import { createSchedule, deleteSchedule, listSchedules } from '../commands/schedule.ts';
import { status } from '../commands/status.ts';
import { watchRun } from '../commands/watch.ts';
import type { ExitCode } from '../exit-codes.ts';

const STACK = ['--stack <name>', 'name of the stack in AWS'] as const;
export const REGION = ['--region <region>', 'AWS region (default: AWS_REGION, or that of AWS_PROFILE)'] as const;
const YES = ['--yes', 'do it without asking'] as const;
const JSON_RESULT = ['--json', 'the result as JSON on stdout; everything else goes to stderr'] as const;

/** The commands that are about a stack in AWS, and nothing else. */
export function addStackCommands(program: Command, cli: Cli, exit: (code: ExitCode) => void): void {
  const stackCommand = (parent: Command, name: string) =>
    parent
      .command(name)
      .requiredOption(...STACK)
      .option(...REGION)
      .option(...JSON_RESULT);

  stackCommand(program, 'deploy')
    .description('make the stack in your AWS account, or bring it to this version')
    .option('--matrix <file>', 'a matrix that is to run there: its types, quotas and cluster are checked first')
    .option('--config <file>', 'JSON file with the settings of the stack')
    .option(...YES)
    .addHelpText('after', DEPLOY_EXAMPLES)
    .action(async (options) => exit(await deploy(cli, options)));

  stackCommand(program, 'watch')
    .description('show a run in AWS while it goes on; Ctrl-C only leaves')
    .argument('<run>', 'the run')
    .addHelpText('after', WATCH_EXAMPLES)
    .action(async (run: string, options) => exit(await watchRun(cli, { ...options, run })));

  stackCommand(program, 'status')
    .description('show nodes, pods, events and logs of a run in AWS')
    .argument('<run>', 'the run')
    .option('--what <parts>', 'some of nodes,pods,events,logs (default: all)')
    .option('--tail <lines>', 'lines of each log (default: 20)')
    .addHelpText('after', STATUS_EXAMPLES)
    .action(async (run: string, options) => exit(await status(cli, { ...options, run })));

  stackCommand(program, 'release')
    .description('stop a run in AWS and let go of everything it has, until that is proven gone')
    .argument('[run]', 'the run')
    .option('--all', 'every run of the stack')
    .option(...YES)
    .addHelpText('after', RELEASE_EXAMPLES)
    .action(async (run: string | undefined, options) =>
      exit(await release(cli, { ...options, ...(run === undefined ? {} : { run }) })),
    );

  const schedule = program.command('schedule').description('start runs in AWS again and again');
  stackCommand(schedule, 'create')
    .description('run a matrix at the times of an expression')
    .argument('<name>', 'name of the schedule; its runs are named after it')
    .argument('<matrix>', 'JSON file with the matrix')
    .requiredOption('--at <expression>', 'cron(...), rate(...) or at(...), as EventBridge Scheduler has them')
    .option('--time-zone <zone>', 'of the expression, such as Europe/Zurich (default: UTC)')
    .option('--retries <count>', 'how often a start that failed is tried again within an hour (default: 3)')
    .option(...YES)
    .addHelpText('after', SCHEDULE_EXAMPLES)
    .action(async (name: string, matrix: string, options) =>
      exit(await createSchedule(cli, { ...options, name, matrix })),
    );
  stackCommand(schedule, 'list')
    .description('list the schedules of a stack')
    .action(async (options) => exit(await listSchedules(cli, options)));
  stackCommand(schedule, 'delete')
    .description('delete a schedule; a run that is under way goes on')
    .argument('<name>', 'name of the schedule')
    .action(async (name: string, options) => exit(await deleteSchedule(cli, { ...options, name })));

  stackCommand(program, 'destroy')
    .description('take the stack away: nodes, clusters, stack; the bucket with the results is kept')
    .option(...YES)
    .addHelpText('after', DESTROY_EXAMPLES)
    .action(async (options) => exit(await destroy(cli, options)));
}

const DEPLOY_EXAMPLES = `
Before the first time: npx cdk bootstrap aws://ACCOUNT/REGION

Examples:
  stepbench deploy --stack bench --region us-east-1
  stepbench deploy --stack bench --matrix examples/g5-gpt-oss-20b.json`;

const WATCH_EXAMPLES = `
Examples:
  stepbench watch monday --stack bench
  stepbench watch monday --stack bench --json > result.json`;

const STATUS_EXAMPLES = `
Examples:
  stepbench status monday --stack bench
  stepbench status monday --stack bench --what pods,logs --tail 200`;

const RELEASE_EXAMPLES = `
Exit codes: 0 nothing is left, 1 something still is: the guards in AWS go on, and so does calling it again.

Examples:
  stepbench release monday --stack bench
  stepbench release --all --stack bench --yes`;

const SCHEDULE_EXAMPLES = `
Examples:
  stepbench schedule create nightly matrix.json --stack bench --at "cron(0 2 * * ? *)" --time-zone Europe/Zurich
  stepbench schedule list --stack bench
  stepbench schedule delete nightly --stack bench`;

const DESTROY_EXAMPLES = `
Examples:
  stepbench destroy --stack bench`;
