import { Output } from '#core/stack/outputs.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { keptCost } from '../render/standing.ts';
import { confirmed } from '../stack/confirmed.ts';
import { destroyClusters } from '../stack/destroy-clusters.ts';
import { destroyNodes, isLeaving, unlessGone } from '../stack/destroy-nodes.ts';
import { destroyStack } from '../stack/destroy-stack.ts';
import { type OpenStack, openStack, type StackArguments } from '../stack/open-stack.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface DestroyArguments extends StackArguments {
  yes?: boolean;
  json?: boolean;
}

/**
 * stepbench destroy: nodes first, then the clusters that the stack made outside CloudFormation, then the stack: its
 * VPC cannot go while a cluster stands in it, and what would let go of nodes is in the stack. Called again, after
 * whatever stopped it, it goes on from what is left.
 */
export async function destroy(cli: Cli, args: DestroyArguments): Promise<ExitCode> {
  const stack = await openStack(cli, args, { anyVersion: true });
  const { ports, name } = stack;
  await refuseRunning(stack);
  const group = stack.output(Output.scheduleGroup);
  const schedules = (await unlessGone(stack, () => ports.schedules.list(group))) ?? [];
  const clusters = await ports.clusters.ofStack(name);
  const bucket = stack.output(Output.resultsBucket);
  const what = [
    `the stack ${name} in account ${stack.account}, ${stack.region}`,
    ...(clusters.length === 0 ? [] : [`its clusters ${clusters.join(', ')}`]),
    ...(schedules.length === 0 ? [] : [`its schedules ${schedules.map((one) => one.name).join(', ')}`]),
  ];
  writeLines(cli.stderr, [
    ...(isLeaving(stack) ? [`The stack is ${stack.status}: this goes on with what is left of it.`] : []),
    `Destroys ${what.join(', ')}. Keeps the bucket ${bucket} with all results and its key, unless the stack was told otherwise: ${keptCost()}.`,
  ]);
  await confirmed(cli, { yes: args.yes === true, question: 'Destroy that?', what: 'a stack would be destroyed' });
  // None may start a run in the meantime.
  for (const one of schedules) await unlessGone(stack, () => ports.schedules.delete(group, one.name));
  await refuseRunning(stack);
  await destroyNodes(cli, stack, clusters);
  const gone = new Set([...clusters, ...(await destroyClusters(cli, stack))]);
  await destroyStack(cli, stack);
  tell(cli, args, {
    clusters: [...gone],
    schedules: schedules.map((one) => one.name),
    bucket: await fateOf(stack, bucket),
  });
  return ExitCode.Succeeded;
}

async function refuseRunning(stack: OpenStack): Promise<void> {
  const { ports, name } = stack;
  const running: string[] = [];
  await unlessGone(stack, async () => {
    for await (const { name: execution } of ports.executions.running(stack.output(Output.stateMachineArn)))
      running.push(execution);
  });
  if (running.length === 0) return;
  throw new CliError('run-active', `runs are under way: ${running.join(', ')}`, {
    where: `--stack ${name}`,
    nextStep: `Wait for them, or stop them: stepbench release --all --stack ${name}`,
  });
}

interface BucketFate {
  name: string;
  /** Null where nobody knows, and `why`. */
  kept: boolean | null;
  why?: string;
}

async function fateOf({ ports }: OpenStack, name: string): Promise<BucketFate> {
  try {
    return { name, kept: await ports.bucketExists(name) };
  } catch (error) {
    return { name, kept: null, why: error instanceof Error ? error.message : String(error) };
  }
}

function tell(
  cli: Cli,
  { stack, json }: DestroyArguments,
  { clusters, schedules, bucket }: { clusters: string[]; schedules: string[]; bucket: BucketFate },
): void {
  const { name, kept, why } = bucket;
  if (json === true) {
    const result = {
      ...{ schema_version: 1, command: 'destroy', stack, clusters, schedules },
      // Not known is told as kept: it is what costs something.
      kept_bucket: kept === false ? null : name,
      not_known: why === undefined ? [] : [`whether the bucket ${name} is there: ${why}`],
    };
    cli.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const said = {
    true: `Kept: s3://${name} with all results, and its key: ${keptCost()}. Nothing else of the stack costs anything.`,
    false: `The bucket ${name} is gone with all that was measured, as the stack was told. Nothing of it costs anything.`,
    null: `Whether the bucket ${name} was kept is not known: ${why}. If it was, it and its key cost ${keptCost()}: aws s3 ls s3://${name}`,
  };
  writeLines(cli.stdout, [`The stack ${stack} is gone, with its clusters and nodes.`, said[`${kept}`]]);
}
