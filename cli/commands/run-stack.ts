import { readMatrix } from '#core/matrix/read.ts';
import { newRunId } from '#core/plan/new-run-id.ts';
import type { Plan } from '#core/plan/types.ts';
import { Output } from '#core/stack/outputs.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import type { Cli } from '../cli.ts';
import { endpointOptions } from '../endpoint/matrix.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { readMatrixFile } from '../input/matrix-file.ts';
import { checkRunId, planOf } from '../planning.ts';
import { estimateLines } from '../render/estimate.ts';
import { longCellLines } from '../render/long-cells.ts';
import { openStackResults } from '../results/stack-results.ts';
import { askAwsAbout, checkPlace } from '../stack/before-start.ts';
import { confirmed } from '../stack/confirmed.ts';
import { keptCluster } from '../stack/kept-cluster.ts';
import { type OpenStack, openStack } from '../stack/open-stack.ts';
import { wrapped } from '../terminal/printable.ts';
import { writeLines } from '../terminal/terminal.ts';
import type { RunArguments } from './run-arguments.ts';
import { tellExecution } from './watch.ts';

export type RunStackArguments = RunArguments & { stack: string };

/** stepbench run --stack: starts an execution in AWS and shows it. */
export async function runStack(cli: Cli, args: RunStackArguments): Promise<ExitCode> {
  const stack = await openStack(cli, args);
  const { matrix, plan, run } = await prepare(cli, args, stack);
  const { width, paint } = cli.stderr;
  writeLines(cli.stderr, [
    ...estimateLines(plan, { width: width(), paint }),
    ...longCellLines(plan, { width: width(), paint }),
    ...keptCluster(plan.cluster, stack).flatMap((line) => wrapped(line, width())),
    '',
  ]);
  const question = `Start run ${run} in account ${stack.account}, ${stack.region}, for up to $${plan.budgetUsd.toFixed(2)}?`;
  await confirmed(cli, { yes: args.yes === true, question, what: 'the run costs money' });
  const execution = await stack.ports.executions.start({
    stateMachine: stack.output(Output.stateMachineArn),
    name: `${run}-${cli.nowMs().toString(36)}`,
    input: { matrix, run },
  });
  if (args.detach === true) {
    tellStarted(cli, args, { run, execution });
    return ExitCode.Succeeded;
  }
  return tellExecution(cli, stack, { command: 'run', run, execution, mayStop: true, json: args.json === true });
}

async function prepare(
  cli: Cli,
  args: RunStackArguments,
  stack: OpenStack,
): Promise<{ matrix: unknown; plan: Plan; run: string }> {
  const { run: named, resume, matrix: file, stack: name } = args;
  const [option] = [
    ...endpointOptions(args),
    ...(args.endpoint === undefined ? [] : ['--endpoint']),
    ...(args.store === undefined ? [] : ['--store']),
  ];
  if (option !== undefined) {
    throw new CliError('bad-usage', 'this is for runs on this machine', {
      where: option,
      nextStep: 'Write the endpoint into the matrix; the results go to the bucket of the stack.',
    });
  }
  if (named !== undefined && resume !== undefined) {
    throw new CliError('bad-usage', '--run starts a new run and --resume goes on with one', {
      nextStep: 'Give one of them.',
    });
  }
  if (named !== undefined) checkRunId(named, '--run');
  if (resume !== undefined) checkRunId(resume, '--resume');
  const given = file === undefined ? undefined : await readMatrixFile(file);
  const results = openStackResults(cli, stack, loadQueries());
  const known = resume ?? named;
  const before = known === undefined ? undefined : await results.started(known);
  if (named !== undefined && before !== undefined) {
    throw new CliError('run-exists', 'the stack has a run of this name already', {
      where: `--run ${named}`,
      nextStep: `Go on with it: stepbench run --resume ${named} --stack ${name}. Or choose another name.`,
    });
  }
  if (resume !== undefined && before === undefined) {
    throw new CliError('run-unknown', 'the stack has no such run', {
      where: `--resume ${resume}`,
      nextStep: `stepbench runs --stack ${name} lists those that it has.`,
    });
  }
  if (resume !== undefined) await checkNotActive(stack, resume);
  const matrix = given ?? before?.matrix;
  if (matrix === undefined) {
    throw new CliError('bad-usage', 'a matrix file is missing', {
      nextStep: `For example: stepbench run examples/g5-gpt-oss-20b.json --stack ${name}`,
    });
  }
  const where = file ?? `the matrix of run ${resume}`;
  const read = readMatrix(matrix);
  const run = known ?? newRunId(matrix, cli.nowMs());
  // Whether a place is right can be asked of a matrix that is; what is wrong with it the plan tells, all at once.
  if (read.ok) await checkPlace(stack, read.matrix, where);
  const plan = planOf(matrix, where, {
    run,
    nowMs: cli.nowMs(),
    ...(await askAwsAbout(stack.ports, read)),
    ...(before === undefined ? {} : { before }),
  });
  return { matrix, plan, run };
}

/** The execution would be refused in its first step; what its budget has left cannot be told before it has ended. */
async function checkNotActive({ name, store, ports }: OpenStack, run: string): Promise<void> {
  const lease = (await readLease(store, run))?.lease;
  if (lease === undefined || lease.releasedAt !== null) return;
  if ((await ports.executions.describe(lease.execution))?.status !== 'RUNNING') return;
  throw new CliError('run-active', 'the run is under way', {
    where: `--resume ${run}`,
    nextStep: `Look at it: stepbench watch ${run} --stack ${name}. Stop it: stepbench release ${run} --stack ${name}.`,
  });
}

function tellStarted(
  cli: Cli,
  { stack, json }: RunStackArguments,
  { run, execution }: { run: string; execution: string },
) {
  if (json === true) {
    const started = { schema_version: 1, command: 'run', run, stack, status: 'STARTED', execution };
    cli.stdout.write(`${JSON.stringify(started, null, 2)}\n`);
  } else writeLines(cli.stdout, [run]);
  writeLines(cli.stderr, [`Started ${run}. Look at it: stepbench watch ${run} --stack ${stack}`]);
}
