import type { ObjectStore } from '#core/ports/object-store.ts';
import type { DeployedStack, ScheduleTarget, StackPorts } from '#core/ports/stack.ts';
import { Output, type OutputName } from '#core/stack/outputs.ts';
import { VERSION } from '#core/stack/version.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

/** What every command in AWS takes. */
export interface StackArguments {
  stack: string;
  region?: string;
}

export interface OpenStack {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** CloudFormation's, as it was found. */
  readonly status: string;
  readonly ports: StackPorts;
  /** The bucket of the results. */
  readonly store: ObjectStore;
  /** Clusters that somebody else made and in which runs may be. */
  readonly foreignClusters: readonly string[];
  /** Of the VPC that the stack made; none where it did not. */
  readonly zones: readonly string[];
  /** @throws CliError when the stack does not say it. */
  output(name: OutputName): string;
}

/**
 * Finds the stack that a command is about, and makes sure of whatever would only show later.
 * @param options.anyVersion for what must be possible with a stack of an older version too: letting go.
 * @throws CliError before anything is asked of the stack.
 */
export async function openStack(
  cli: Pick<Cli, 'connectStack'>,
  { stack: name, region: asked }: StackArguments,
  options: { anyVersion?: boolean } = {},
): Promise<OpenStack> {
  const ports = await cli.connectStack(asked);
  const { region } = ports;
  const { account } = await ports.account.identity();
  const stack = await ports.stacks.find(name);
  if (stack === undefined) throw unknownStack(name, { region, account });
  if (options.anyVersion !== true) checkUsable(stack);
  const output = (of: OutputName): string => {
    const value = stack.outputs[of];
    if (value === undefined) throw incomplete(stack, of);
    return value;
  };
  const store = ports.openStore(output(Output.resultsBucket));
  const foreignClusters = stack.outputs[Output.foreignClusters]?.split(',') ?? [];
  const zones = stack.outputs[Output.availabilityZones]?.split(',') ?? [];
  return { name, region, account, status: stack.status, ports, store, foreignClusters, zones, output };
}

export const scheduleTarget = ({ output }: OpenStack): ScheduleTarget => ({
  group: output(Output.scheduleGroup),
  stateMachine: output(Output.stateMachineArn),
  roleArn: output(Output.scheduleRoleArn),
  deadLetterArn: output(Output.scheduleDeadLetterArn),
});

/** CloudFormation's states in which a stack is as it was last deployed with success. */
const SETTLED = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
]);

export const isSettled = ({ status }: Pick<DeployedStack, 'status'>): boolean => SETTLED.has(status);

function checkUsable(stack: DeployedStack): void {
  const { name, status, reason, outputs } = stack;
  if (!isSettled(stack)) {
    throw new CliError('stack-unfinished', `the stack is ${status}${reason === undefined ? '' : `: ${reason}`}`, {
      where: `--stack ${name}`,
      nextStep: `Wait while it is IN_PROGRESS; else deploy it again: stepbench deploy --stack ${name}`,
    });
  }
  const version = outputs[Output.version];
  if (version === undefined) throw incomplete(stack, Output.version);
  if (version === VERSION) return;
  throw new CliError('stack-other-version', `the stack has version ${version}, and this command is ${VERSION}`, {
    where: `--stack ${name}`,
    nextStep: `Deploy it again with this version: stepbench deploy --stack ${name}`,
  });
}

const unknownStack = (name: string, { region, account }: { region: string; account: string }) =>
  new CliError('stack-unknown', `account ${account} has no stack of this name in ${region}`, {
    where: `--stack ${name}`,
    nextStep: `Deploy it: stepbench deploy --stack ${name}. Or name its region with --region, its account with AWS_PROFILE.`,
  });

const incomplete = ({ name }: DeployedStack, of: OutputName) =>
  new CliError('stack-not-ours', `this is no stack of StepBench, or one of another version: it has no output ${of}`, {
    where: `--stack ${name}`,
    nextStep: 'Name the stack that stepbench deploy made.',
  });
