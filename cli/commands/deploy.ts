import { resolve } from 'node:path';
import { readMatrix } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import type { DeployedStack, StackPorts } from '#core/ports/stack.ts';
import { GPU_INSTANCE_TYPES } from '#core/pricing/gpu-instances.ts';
import { Output } from '#core/stack/outputs.ts';
import { VERSION } from '#core/stack/version.ts';
import { chooseZones, LEAST_ZONES } from '#core/stack/zones.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { readMatrixFile } from '../input/matrix-file.ts';
import { planOf } from '../planning.ts';
import { type StandingProps, standingJson, standingLines } from '../render/standing.ts';
import { askAwsAbout, checkCluster, checkOffered, checkZones, typesToBuy } from '../stack/before-start.ts';
import { confirmed } from '../stack/confirmed.ts';
import { type DeployConfig, readDeployConfig } from '../stack/deploy-config.ts';
import { isSettled, type OpenStack } from '../stack/open-stack.ts';
import { writeLines } from '../terminal/terminal.ts';

export interface DeployArguments {
  stack: string;
  region?: string;
  /** A matrix that is to run there: what it needs of the account is checked before anything is made. */
  matrix?: string;
  /** JSON with the props of the stack. */
  config?: string;
  yes?: boolean;
  json?: boolean;
}

/** The first version of the bootstrap stack whose roles the pinned CDK deploys with. */
const LEAST_BOOTSTRAP = 6;

/** stepbench deploy: looks whether the account is ready for the stack, and lets the pinned cdk deploy it. */
export async function deploy(cli: Cli, args: DeployArguments): Promise<ExitCode> {
  const { stack: name } = args;
  const matrix = args.matrix === undefined ? undefined : await readMatrixFile(args.matrix);
  const ports = await cli.connectStack(args.region);
  const { region } = ports;
  const { account } = await ports.account.identity();
  await checkBootstrap(ports, account);
  const before = await ports.stacks.find(name);
  if (before !== undefined) checkDeployable(before);
  const config = await readDeployConfig(args.config);
  const foreignClusters = config.cluster?.foreignClusters ?? [];
  await checkMatrix(cli, { name, ports, foreignClusters }, { matrix, where: args.matrix ?? '' });
  const zones = await zonesFor(ports, before, { config, matrix });
  await checkReach({ name, region, ports, zones: config.network?.availabilityZones ?? zones }, config, {
    matrix,
    where: args.matrix ?? '',
  });
  const what =
    before === undefined
      ? `Deploy the new stack ${name}`
      : `Deploy version ${VERSION} over ${before.outputs[Output.version]} of the stack ${name}`;
  const question = `${what} to account ${account}, ${region}?`;
  const standing = standingOf(config, zones);
  const { width, paint } = cli.stderr;
  writeLines(cli.stderr, [...standingLines(standing, { width: width(), paint }), '']);
  await confirmed(cli, { yes: args.yes === true, question, what: 'a stack costs money while it stands' });
  const code = await cli.runCdk(cdkArguments(args, zones), {
    AWS_REGION: region,
    CDK_DEFAULT_REGION: region,
    CDK_DEFAULT_ACCOUNT: account,
  });
  if (code !== 0) {
    throw new CliError('deploy-failed', `cdk ended with exit code ${code}`, {
      where: `--stack ${name}`,
      nextStep:
        'What cdk says above names the resource. Mend it and deploy again: what was made stays, and is gone on with.',
    });
  }
  const deployed = await ports.stacks.find(name);
  tell(cli, args, { account, region, deployed, standing });
  return ExitCode.Succeeded;
}

/** What the configuration says of what costs money by standing there. */
const standingOf = ({ network = {}, results = {} }: DeployConfig, zones: readonly string[]): StandingProps => ({
  zones: (network.availabilityZones ?? zones).length,
  natGateways: network.natGateways ?? 1,
  interfaceEndpoints: network.interfaceEndpoints?.length ?? 0,
  retain: results.retain ?? true,
});

/** Each part is an argument of its own, and none is ever read by a shell. */
function cdkArguments({ stack, config }: DeployArguments, zones: readonly string[]): string[] {
  return [
    'deploy',
    stack,
    // The person has been asked already, and told that roles are made.
    ...['--require-approval', 'never'],
    ...['--context', `stackName=${stack}`],
    ...(zones.length === 0 ? [] : ['--context', `zones=${zones.join(',')}`]),
    ...(config === undefined ? [] : ['--context', `config=${resolve(config)}`]),
  ];
}

/** Whether the zones of the VPC have what the matrix asks for; a cluster of somebody else's is in zones of its own. */
async function checkReach(
  stack: Pick<OpenStack, 'name' | 'region' | 'ports' | 'zones'>,
  { cluster }: DeployConfig,
  { matrix, where }: { matrix: unknown; where: string },
): Promise<void> {
  const read = readMatrix(matrix);
  if (!read.ok || cluster?.foreignClusters?.includes(read.matrix.cluster.name)) return;
  await checkZones(stack, typesToBuy(read.matrix), where);
}

/** GPUs that a new VPC should be near: those of the matrix, where one is given, else all that a matrix may name. */
function typesToHave(matrix: unknown): readonly string[] {
  const read = readMatrix(matrix);
  return read.ok ? typesToBuy(read.matrix) : GPU_INSTANCE_TYPES;
}

/**
 * The zones of the VPC: those that it has, else such as EKS takes and that have the GPUs. Moved to other zones its subnets would be made anew.
 * @returns none where the configuration names them.
 */
async function zonesFor(
  { account, region }: StackPorts,
  before: DeployedStack | undefined,
  { config: { network }, matrix }: { config: DeployConfig; matrix: unknown },
): Promise<string[]> {
  if (network?.availabilityZones !== undefined) return [];
  const had = before?.outputs[Output.availabilityZones];
  if (had !== undefined) return had.split(',');
  const zones = chooseZones(await account.zones(), await account.offeredIn(typesToHave(matrix)));
  if (zones.length >= LEAST_ZONES) return zones;
  throw new CliError(
    'too-few-zones',
    `the account has ${zones.length === 0 ? 'no zone' : `only the zone ${zones.join()}`} in ${region} that EKS takes, and it wants ${LEAST_ZONES}`,
    {
      where: region,
      nextStep: 'Take another region, or opt in to the zones of this one. Nothing was made.',
    },
  );
}

async function checkBootstrap({ account: of, region }: StackPorts, account: string): Promise<void> {
  const version = await of.bootstrapVersion();
  if (version !== undefined && version >= LEAST_BOOTSTRAP) return;
  const target = `aws://${account}/${region}`;
  throw new CliError(
    'not-bootstrapped',
    version === undefined ? 'the CDK was never bootstrapped there' : `the CDK's bootstrap there has version ${version}`,
    { where: target, nextStep: `Once for an account and region: npx cdk bootstrap ${target}. Nothing was made.` },
  );
}

function checkDeployable(stack: DeployedStack): void {
  const { name, status, reason, outputs } = stack;
  if (status.endsWith('_IN_PROGRESS')) {
    throw new CliError('stack-unfinished', `the stack is ${status}: somebody deploys or deletes it now`, {
      where: `--stack ${name}`,
      nextStep: 'Wait until that has ended.',
    });
  }
  if (isSettled(stack) && outputs[Output.version] === undefined) {
    throw new CliError('stack-not-ours', 'there is a stack of this name already, and it is not StepBench', {
      where: `--stack ${name}`,
      nextStep: 'Choose another name. Nothing was changed.',
    });
  }
  // CloudFormation updates no stack whose creation failed.
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'DELETE_FAILED') {
    throw new CliError('stack-unfinished', `the stack is ${status}${reason === undefined ? '' : `: ${reason}`}`, {
      where: `--stack ${name}`,
      nextStep: `Delete it first: aws cloudformation delete-stack --stack-name ${name}`,
    });
  }
}

/** Whether the account can run the matrix: types, quotas, the name of its cluster. */
async function checkMatrix(
  cli: Cli,
  stack: Pick<OpenStack, 'name' | 'ports' | 'foreignClusters'>,
  { matrix, where }: { matrix: unknown; where: string },
): Promise<void> {
  if (matrix === undefined) return;
  const { ports } = stack;
  const read = readMatrix(matrix);
  if (read.ok) {
    const there: Matrix = read.matrix;
    if (there.region !== ports.region) {
      throw new CliError(
        'region-mismatch',
        `the matrix is for ${there.region}, and the stack goes to ${ports.region}`,
        {
          where,
          nextStep: `Give --region ${there.region}, or write "region": "${ports.region}" into the matrix.`,
        },
      );
    }
    await checkOffered(ports, ports.region, typesToBuy(there), where);
    await checkCluster(stack, there.cluster.name);
  }
  planOf(matrix, where, {
    run: 'deploy',
    nowMs: cli.nowMs(),
    ...(await askAwsAbout(ports, read)),
  });
}

interface Deployed {
  account: string;
  region: string;
  deployed: DeployedStack | undefined;
  standing: StandingProps;
}

function tell(cli: Cli, { stack, json }: DeployArguments, { account, region, deployed, standing }: Deployed): void {
  const { outputs = {}, status = 'UNKNOWN' } = deployed ?? {};
  if (json === true) {
    const result = {
      schema_version: 1,
      command: 'deploy',
      stack,
      account,
      region,
      status,
      outputs,
      costs: standingJson(standing),
    };
    cli.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  writeLines(cli.stdout, [
    `The stack ${stack} stands in account ${account}, ${region}. Its results go to s3://${outputs[Output.resultsBucket] ?? '?'}.`,
    `Run a matrix there: stepbench run examples/g5-gpt-oss-20b.json --stack ${stack}`,
  ]);
}
