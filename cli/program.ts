import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { VERSION } from '#core/stack/version.ts';
import type { Cli } from './cli.ts';
import { compare } from './commands/compare.ts';
import { doctor } from './commands/doctor.ts';
import { plan } from './commands/plan.ts';
import { query } from './commands/query.ts';
import { report } from './commands/report.ts';
import { run } from './commands/run.ts';
import { runs } from './commands/runs.ts';
import { CliError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { asCliError } from './known-errors.ts';
import { errorJson, errorLines } from './render/error.ts';
import { addStackCommands, REGION } from './stack/commands.ts';
import { writeLines } from './terminal/terminal.ts';

/** Runs one command. @returns the exit code; never throws. */
export async function main(cli: Cli, argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.Succeeded;
  const program = programOf(cli, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return ExitCode.Succeeded;
    return tellError(cli, argv, thrown instanceof CommanderError ? badUsage(thrown) : thrown);
  }
}

/** What went wrong, for people and, when they asked for JSON, for programs. @returns the exit code. */
export function tellError(cli: Cli, argv: readonly string[], thrown: unknown): ExitCode {
  const error = asCliError(thrown);
  if (argv.includes('--json')) cli.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`);
  writeLines(cli.stderr, errorLines(error, { width: cli.stderr.width(), paint: cli.stderr.paint }));
  if (cli.env.STEPBENCH_DEBUG === '1') cli.stderr.write(`${stackOf(thrown)}\n`);
  return error.exitCode;
}

const badUsage = ({ message, code }: CommanderError): CliError =>
  new CliError('bad-usage', code === 'commander.help' ? 'a command is missing' : message.replace(/^error: /, ''), {
    nextStep: 'stepbench --help shows the commands, and stepbench COMMAND --help how one is used.',
  });

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { stack, cause } = thrown;
  return cause === undefined ? String(stack) : `${stack}\nCaused by: ${stackOf(cause)}`;
}

/** The commands over a world, which none of them touches before it is run. */
export function programOf(cli: Cli, exit: (code: ExitCode) => void): Command {
  const program = new Command('stepbench')
    .description('Measures which GPU instances serve your LLM cheapest within your latency target.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.stdout.write(text),
      // What went wrong is told by main, like every other error.
      writeErr: () => {},
      getOutHelpWidth: () => cli.stdout.width(),
      getErrHelpWidth: () => cli.stderr.width(),
    })
    .option('--version', 'show the version, and the commit where that is known')
    .on('option:version', () => {
      const commit = cli.commit();
      cli.stdout.write(`stepbench ${VERSION}${commit === undefined ? '' : ` (${commit})`}\n`);
      throw new CommanderError(0, 'commander.version', VERSION);
    })
    .addHelpText('after', ABOUT);
  const store = ['--store <dir>', 'folder of the results (default: STEPBENCH_STORE, else .stepbench here)'] as const;
  const stack = ['--stack <name>', 'of this stack in AWS, in the place of a folder'] as const;
  const json = ['--json', 'the result as JSON on stdout; everything else goes to stderr'] as const;

  program
    .command('run')
    .description('measure every cell of a matrix, here or in AWS, and answer which instance is cheapest')
    .argument('[matrix]', 'JSON file with the matrix; with --resume it may be left out')
    .option('--run <id>', 'name of the new run')
    .option('--resume <run>', 'go on with a run: cells that were measured are left out')
    .option('--endpoint <url>', 'measure a server that runs already, without a matrix file')
    .option('--model <name>', 'with --endpoint: the model; asked of the endpoint when left out')
    .option('--concurrency <list>', 'with --endpoint: requests in flight (default: 1,2,4,8)')
    .option('--isl <list>', 'with --endpoint: input tokens (default: 128)')
    .option('--osl <list>', 'with --endpoint: output tokens (default: 64)')
    .option('--requests <count>', 'with --endpoint: requests of each cell (default: 10 x concurrency)')
    .option('--chat', 'with --endpoint: /v1/chat/completions instead of /v1/completions')
    .option('--header-from <header=VARIABLE>', 'with --endpoint: a header out of the environment', appended)
    .option('--ca-file <file>', 'with --endpoint: certificates in PEM that are trusted too')
    .option('--price <usd>', 'with --endpoint: what it costs in an hour')
    .option('--no-pin-output', 'with --endpoint: send no ignore_eos and min_tokens')
    .option(...store)
    .option('--stack <name>', 'run in AWS, on this stack')
    .option(...REGION)
    .option('--yes', 'with --stack: start without asking (a local run costs nothing and never asks)')
    .option('--detach', 'with --stack: start, and do not watch')
    .option(...json)
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (matrix: string | undefined, options) => exit(await run(cli, { ...options, ...given({ matrix }) })));

  program
    .command('plan')
    .description('show how long a matrix would take in AWS, when what happens, and what it costs; starts nothing')
    .argument('<matrix>', 'JSON file with the matrix')
    .option(...json)
    .addHelpText('after', PLAN_EXAMPLES)
    .action(async (matrix: string, options) => exit(await plan(cli, { ...options, matrix })));

  program
    .command('query')
    .description('answer a question about a run in SQL; without a question, list them')
    .argument('[question]', 'name of a question; without one, list them')
    .option('--run <run>', 'the run (default: the last one)')
    .option('--param <name=value>', 'a parameter of the question; may be given again', appended)
    .option(...store)
    .option(...stack)
    .option(...REGION)
    .option('--json', 'JSON on stdout')
    .option('--csv', 'CSV on stdout')
    .addHelpText('after', QUERY_EXAMPLES)
    .action(async (question: string | undefined, options) => {
      if (options.json && options.csv) throw new InvalidArgumentError('--json and --csv exclude each other');
      exit(await query(cli, { ...options, ...given({ question }) }));
    });

  program
    .command('compare')
    .description('tell whether a run is worse than another one, beyond chance; for people and for CI')
    .argument('<run>', 'the run')
    .requiredOption('--baseline <run>', 'the run that it is compared with')
    .option('--threshold <percent>', 'the smallest change that matters (default: 10)')
    .option(...store)
    .option(...stack)
    .option(...REGION)
    .option(...json)
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(async (id: string, options) => exit(await compare(cli, { ...options, run: id })));

  program
    .command('report')
    .description('write the HTML report of a run anew, and the index over all runs; print its path')
    .argument('[run]', 'the run (default: the last one)')
    .option('--open', 'show it in the browser')
    .option(...store)
    .option(...stack)
    .option(...REGION)
    .option(...json)
    .addHelpText('after', REPORT_EXAMPLES)
    .action(async (runId: string | undefined, options) =>
      exit(await report(cli, { ...options, ...given({ run: runId }) })),
    );

  program
    .command('runs')
    .description('list the runs of a store')
    .option(...store)
    .option(...stack)
    .option(...REGION)
    .option(...json)
    .addHelpText('after', RUNS_EXAMPLES)
    .action(async (options) => exit(await runs(cli, options)));

  program
    .command('doctor')
    .description('check whether this machine has what a run needs')
    .option(...store)
    .option(...json)
    .addHelpText('after', DOCTOR_EXAMPLES)
    .action(async (options) => exit(await doctor(cli, options)));

  addStackCommands(program, cli, exit);
  return program;
}

const appended = (value: string, before: string[] = []): string[] => [...before, value];

/** Without what was left out. */
const given = <T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

const ABOUT = `
Exit codes: 0 succeeded, 1 failed, 2 bad input or over budget (nothing was started),
            3 partial (some cells were not measured or are not valid), 130 interrupted.
Environment: STEPBENCH_STORE (store), STEPBENCH_CACHE (downloads), STEPBENCH_PYTHON (Python to use),
             AWS_PROFILE, AWS_REGION and the like (with --stack, and only then),
             NO_COLOR, STEPBENCH_DEBUG=1 (show where an error comes from).

Begin with:
  stepbench run examples/quickstart.json`;

const RUN_EXAMPLES = `
Ctrl-C stops the run, keeps what was measured and releases everything. A run in AWS goes on without this command:
there Ctrl-C leaves it, and a second one within 5 seconds stops it.

Examples:
  stepbench run examples/quickstart.json
  stepbench run matrix.json --run monday --store /data/stepbench
  stepbench run --resume monday
  stepbench run matrix.json --stack bench
  stepbench run --endpoint http://localhost:8000 --concurrency 1,2,4 --price 1.006
  stepbench run --endpoint https://llm.example.org/team-a --header-from Authorization=MY_VARIABLE
  stepbench run matrix.json --json > result.json`;

const PLAN_EXAMPLES = `
Examples:
  stepbench plan examples/g5-gpt-oss-20b.json
  stepbench plan matrix.json --json`;

const QUERY_EXAMPLES = `
Examples:
  stepbench query
  stepbench query price-performance
  stepbench query low-latency --param request_latency_p95_ms=2000
  stepbench query cells --run monday --csv > cells.csv`;

const COMPARE_EXAMPLES = `
Exit codes: 0 shown to be none the worse, 1 worse in something, 2 bad input,
            3 neither could be shown, or not all of it could be compared.

Examples:
  stepbench compare tuesday --baseline monday
  stepbench compare tuesday --baseline monday --threshold 5 --json`;

const REPORT_EXAMPLES = `
Examples:
  stepbench report
  stepbench report monday --open
  stepbench report monday --store /data/stepbench --json`;

const RUNS_EXAMPLES = `
Examples:
  stepbench runs
  stepbench runs --store /data/stepbench --json
  stepbench runs --stack bench`;

const DOCTOR_EXAMPLES = `
Examples:
  stepbench doctor`;
