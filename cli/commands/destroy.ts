import { isAwsProblem } from '#core/stack/errors.ts';
import { Output } from '#core/stack/outputs.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { confirmed } from '../stack/confirmed.ts';
import { letGo } from '../stack/let-go.ts';
import { type OpenStack, openStack, type StackArguments } from '../stack/open-stack.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface DestroyArguments extends StackArguments {
  yes?: boolean;
  json?: boolean;
}

/** A cluster takes some ten minutes to go, a stack with a VPC as long again. */
const PATIENCE_MS = 45 * 60_000;
const PAUSE_MS = 15_000;

/**
 * stepbench destroy: nodes first, then the clusters that the stack made outside CloudFormation, then the stack: its
 * VPC cannot go while a cluster stands in it, and what would let go of nodes is in the stack.
 */
export async function destroy(cli: Cli, args: DestroyArguments): Promise<ExitCode> {
  const stack = await openStack(cli, args, { anyVersion: true });
  const { ports, name } = stack;
  const running: string[] = [];
  for await (const { name: execution } of ports.executions.running(stack.output(Output.stateMachineArn)))
    running.push(execution);
  if (running.length > 0) {
    throw new CliError('run-active', `runs are under way: ${running.join(', ')}`, {
      where: `--stack ${name}`,
      nextStep: `Wait for them, or stop them: stepbench release --all --stack ${name}`,
    });
  }
  const schedules = await ports.schedules.list(stack.output(Output.scheduleGroup));
  const clusters = await ports.clusters.ofStack(name);
  const bucket = stack.output(Output.resultsBucket);
  const what = [
    `the stack ${name} in account ${stack.account}, ${stack.region}`,
    ...(clusters.length === 0 ? [] : [`its clusters ${clusters.join(', ')}`]),
    ...(schedules.length === 0 ? [] : [`its schedules ${schedules.map((one) => one.name).join(', ')}`]),
  ];
  writeLines(cli.stderr, [
    `Destroys ${what.join(', ')}. Keeps the bucket ${bucket} with all results, unless the stack was told otherwise.`,
  ]);
  await confirmed(cli, { yes: args.yes === true, question: 'Destroy that?', what: 'a stack would be destroyed' });
  // None may start a run in the meantime.
  for (const one of schedules) await ports.schedules.delete(stack.output(Output.scheduleGroup), one.name);
  await releaseNodes(cli, stack);
  for (const cluster of clusters) await ports.clusters.delete(cluster);
  await until(cli, 'clusters are being deleted', async () => (await ports.clusters.ofStack(name)).length === 0);
  await ports.stacks.delete(name);
  await until(cli, 'the stack is being deleted', () => isStackGone(stack));
  const kept = (await isBucketThere(stack)) ? bucket : null;
  if (args.json === true) {
    const json = {
      schema_version: 1,
      command: 'destroy',
      stack: name,
      clusters,
      schedules: schedules.map((one) => one.name),
      kept_bucket: kept,
    };
    cli.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  } else {
    writeLines(cli.stdout, [
      `The stack ${name} is gone.`,
      ...(kept === null
        ? []
        : [
            `Kept: s3://${kept} with all results, and its key. Nothing else of StepBench costs anything in this account.`,
          ]),
    ]);
  }
  return ExitCode.Succeeded;
}

async function releaseNodes(cli: Cli, stack: OpenStack): Promise<void> {
  const swept = await letGo(cli, stack, { all: true });
  if (swept.done) return;
  const left = swept.remaining.map(({ run, why }) => `${run} (${why})`).join('; ');
  throw new CliError('not-released', `nothing was destroyed, for there are nodes left: ${left}`, {
    where: `--stack ${stack.name}`,
    nextStep: `Call it again in a while; stepbench status RUN --stack ${stack.name} shows what is there.`,
  });
}

async function isStackGone({ ports, name }: OpenStack): Promise<boolean> {
  const found = await ports.stacks.find(name);
  if (found === undefined || found.status === 'DELETE_COMPLETE') return true;
  if (found.status !== 'DELETE_FAILED') return false;
  throw new CliError('aws-failed', `the stack cannot be deleted: ${found.reason ?? found.status}`, {
    where: `--stack ${name}`,
    nextStep: 'Delete what stands in its way, and call it again: the events of the stack name it.',
  });
}

async function isBucketThere({ store }: OpenStack): Promise<boolean> {
  try {
    for await (const _ of store.folders('runs/')) return true;
    return true;
  } catch (error) {
    // Deleted with the stack, as it was told to.
    return isAwsProblem(error, 'denied');
  }
}

async function until(
  cli: Pick<Cli, 'pause' | 'nowMs' | 'stderr'>,
  what: string,
  done: () => Promise<boolean>,
): Promise<void> {
  const untilMs = cli.nowMs() + PATIENCE_MS;
  if (await done()) return;
  cli.stderr.write(`Please wait: ${what}.\n`);
  while (!(await done())) {
    if (cli.nowMs() >= untilMs) {
      throw new CliError('aws-failed', `${what}, and after ${PATIENCE_MS / 60_000} minutes they still are`, {
        nextStep: 'Look into the console of CloudFormation or EKS, and call the command again: it goes on from there.',
      });
    }
    await cli.pause(PAUSE_MS);
  }
}
