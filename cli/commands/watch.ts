import { explain } from '#core/workflow/failure.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { namedError } from '../known-errors.ts';
import { checkRunId } from '../planning.ts';
import { openStackResults } from '../results/stack-results.ts';
import { keptCluster } from '../stack/kept-cluster.ts';
import { type OpenStack, openStack, type StackArguments } from '../stack/open-stack.ts';
import { type WatchedExecution, watchExecution } from '../stack/watch-execution.ts';
import { endOfRun } from './run-end.ts';
import { writeEnd } from './tell-end.ts';

/** stepbench watch: the live view of a run in AWS, whoever started it. Ctrl-C only leaves. */
export async function watchRun(cli: Cli, args: StackArguments & { run: string; json?: boolean }): Promise<ExitCode> {
  checkRunId(args.run, 'watch');
  const stack = await openStack(cli, args);
  const lease = (await readLease(stack.store, args.run))?.lease;
  if (lease === undefined) {
    throw new CliError('run-unknown', 'the stack has no such run, or it has not planned yet', {
      where: args.run,
      nextStep: `stepbench runs --stack ${stack.name} lists those that it has.`,
    });
  }
  const { execution } = lease;
  return tellExecution(cli, stack, {
    command: 'watch',
    run: args.run,
    execution,
    mayStop: false,
    json: args.json === true,
  });
}

export interface ToTell {
  command: 'run' | 'watch';
  run: string;
  execution: string;
  mayStop: boolean;
  json: boolean;
}

/** Shows an execution to its end, and then what came of it, as for a run on this machine. */
export async function tellExecution(cli: Cli, stack: OpenStack, told: ToTell): Promise<ExitCode> {
  const { command, run, json } = told;
  const watched = await watchExecution(cli, stack, told);
  const { plan, detached, progress } = watched;
  if (detached) {
    if (json) cli.stdout.write(`${JSON.stringify(detachedJson(stack, told, watched), null, 2)}\n`);
    return ExitCode.Interrupted;
  }
  if (plan === undefined) throw notPlanned(watched, run);
  const { failure, outcome, startedAtMs = 0, endedAtMs = progress.lastEventAtMs } = progress.run;
  const { output, interrupted, released, transitions, warnings } = watched;
  const end = await endOfRun(
    {
      progress,
      interrupted,
      result: {
        run,
        status: outcome === undefined || outcome === 'TIMED_OUT' ? 'FAILED' : outcome,
        ...(failure === undefined ? {} : failure),
        warnings,
        reportKey: output.reportKey ?? '',
        nodesLeft: released ? 0 : 1,
        startedAtMs,
        endedAtMs,
        transitions,
      },
    },
    plan,
    async () => openStackResults(cli, stack, loadQueries()),
    { stack: stack.name, kept: keptCluster(plan.cluster, stack), logs: watched.logs },
  );
  writeEnd(cli, { ...end, command }, json);
  return end.exitCode;
}

/** It ended before there was a plan: the matrix was wrong, the budget too small, or the run is under way already. */
function notPlanned({ progress, logs: [log] }: WatchedExecution, run: string): CliError {
  const { error = 'NotStarted', cause = '' } = progress.run.failure ?? {};
  return namedError(error, explain({ error, cause }), {
    where: `run ${run}`,
    ...(log === undefined ? {} : { nextStep: log }),
  });
}

const detachedJson = (stack: OpenStack, { command, run, execution }: ToTell, { progress }: WatchedExecution) => ({
  schema_version: 1,
  command,
  run,
  stack: stack.name,
  status: 'DETACHED',
  execution,
  phase: progress.run.phase,
});
