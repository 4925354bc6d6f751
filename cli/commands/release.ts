import { Output } from '#core/stack/outputs.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { Swept } from '#lambdas/janitor/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { checkRunId } from '../planning.ts';
import { confirmed } from '../stack/confirmed.ts';
import { letGo } from '../stack/let-go.ts';
import { type OpenStack, openStack, type StackArguments } from '../stack/open-stack.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface ReleaseArguments extends StackArguments {
  run?: string;
  all?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** stepbench release: stops a run, or all of them, and asks the guard until nothing of it is left. */
export async function release(cli: Cli, args: ReleaseArguments): Promise<ExitCode> {
  const { run, all = false } = args;
  if ((run === undefined) !== all) {
    throw new CliError('bad-usage', 'either a run is to be released, or all of them', {
      nextStep: `For example: stepbench release monday --stack ${args.stack}, or: stepbench release --all --stack ${args.stack}`,
    });
  }
  if (run !== undefined) checkRunId(run, 'release');
  // Letting go must be possible whatever version the stack has.
  const stack = await openStack(cli, args, { anyVersion: true });
  const running = await runningExecutions(stack, run);
  if (running.length > 0) {
    const which = run === undefined ? `all ${running.length} executions that run` : `run ${run}, which is under way`;
    const question = `Stop ${which}? What was measured is kept.`;
    await confirmed(cli, { yes: args.yes === true, question, what: 'a run that is under way would be stopped' });
    for (const execution of running) {
      const cause = 'Stopped by the user, with stepbench release.';
      await stack.ports.executions.stop(execution, { error: ErrorName.Interrupted, cause });
    }
  }
  const swept = await letGo(cli, stack, run === undefined ? { all: true } : { run });
  tell(cli, args, { stopped: running.length, swept });
  return swept.done ? ExitCode.Succeeded : ExitCode.Failed;
}

async function runningExecutions(stack: OpenStack, run: string | undefined): Promise<string[]> {
  const { executions } = stack.ports;
  if (run === undefined) {
    const found: string[] = [];
    for await (const { arn } of executions.running(stack.output(Output.stateMachineArn))) found.push(arn);
    return found;
  }
  const lease = (await readLease(stack.store, run))?.lease;
  if (lease === undefined) {
    throw new CliError('run-unknown', 'the stack has no such run', {
      where: run,
      nextStep: `stepbench runs --stack ${stack.name} lists those that it has.`,
    });
  }
  const found = await executions.describe(lease.execution);
  return found?.status === 'RUNNING' ? [lease.execution] : [];
}

function tell(cli: Cli, { run, stack, json }: ReleaseArguments, { stopped, swept }: { stopped: number; swept: Swept }) {
  const { done, remaining, clusters } = swept;
  const unseen = clusters
    .filter(({ errors }) => errors.length > 0)
    .map(({ cluster, errors }) => ({ cluster, why: errors.join('; ') }));
  if (json === true) {
    const result = { schema_version: 1, command: 'release', stack, run: run ?? null, stopped, done, remaining, unseen };
    cli.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const what = run === undefined ? 'all runs of the stack' : `run ${run}`;
  writeLines(cli.stdout, [
    done ? gone(what, unseen.length > 0) : `Not everything of ${what} is gone yet:`,
    ...remaining.map((one) => `  ${one.run}: ${one.why}`),
    ...unseen.map((one) => `  cluster ${one.cluster} cannot be looked into: ${one.why}`),
    ...(done
      ? []
      : ['The guards of the stack go on asking every five minutes, and so does this command when it is called again.']),
  ]);
}

const gone = (what: string, isUnseen: boolean): string =>
  isUnseen
    ? `EC2 has no node of ${what} that is past its time, and no run is open; but not all clusters say what is left in them:`
    : `Nothing of ${what} is left in AWS but its results.`;
