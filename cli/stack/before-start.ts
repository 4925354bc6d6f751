import type { MatrixResult } from '#core/matrix/read.ts';
import type { Matrix } from '#core/matrix/types.ts';
import { quotesNeeded } from '#core/plan/plan.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import type { PriceQuote } from '#core/ports/prices.ts';
import type { StackPorts } from '#core/ports/stack.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { vcpuQuotas } from '#lambdas/expand-matrix/quotas.ts';
import { CliError } from '../errors.ts';
import type { AskedOfAws } from '../planning.ts';
import type { OpenStack } from './open-stack.ts';

/** What ExpandMatrix will ask of AWS, asked beforehand: a run that cannot be is told before it is started. */
async function askAws({ prices, quotas }: Pick<StackPorts, 'prices' | 'quotas'>, matrix: Matrix): Promise<AskedOfAws> {
  const { region } = matrix;
  const asked = quotesNeeded(matrix).map((needed) =>
    prices.quote({ ...needed, region }).catch((error: unknown): PriceQuote[] => {
      // The plan says where in the matrix the type without a price stands.
      if (isError(error, ErrorName.UnknownPrice)) return [];
      throw error;
    }),
  );
  const vcpuQuota = await vcpuQuotas(quotas, matrix);
  return { quotes: (await Promise.all(asked)).flat(), vcpuQuota };
}

/**
 * The same of whatever could be read. What is wrong with a matrix is told even when AWS does not answer: null then, and
 * undefined where there is nothing to ask about.
 */
export async function askAwsAbout(ports: Pick<StackPorts, 'prices' | 'quotas'>, read: MatrixResult) {
  if (read.ok) return { asked: await askAws(ports, read.matrix) };
  return read.rest === undefined ? {} : { asked: await askAws(ports, read.rest.matrix).catch(() => null) };
}

/** @throws CliError for a matrix that this stack, in its region, cannot run. */
export async function checkPlace(stack: OpenStack, matrix: Matrix, where: string): Promise<void> {
  if (matrix.region !== stack.region) {
    throw new CliError('region-mismatch', `the matrix is for ${matrix.region}, and the stack is in ${stack.region}`, {
      where,
      nextStep: `Write "region": "${stack.region}" into the matrix, or name a stack in ${matrix.region} with --region.`,
    });
  }
  const bought = typesToBuy(matrix);
  await checkOffered(stack.ports, stack.region, bought, where);
  if (!stack.foreignClusters.includes(matrix.cluster.name)) await checkZones(stack, bought, where);
  await checkCluster(stack, matrix.cluster.name);
}

/** Types that a run over the matrix gets nodes of. */
export const typesToBuy = ({ deployments }: Matrix): string[] =>
  deployments.filter((one) => !runsAlready(one)).map(({ instanceType }) => instanceType);

/**
 * A node lands in the zones of the stack's VPC only: elsewhere in the region a type does not help, and Karpenter would be
 * waited for as if there were no capacity. A VPC that the stack did not make tells no zones.
 * @throws CliError naming every such type, with the zones that have it.
 */
export async function checkZones(
  { name, region, zones, ports }: Pick<OpenStack, 'name' | 'region' | 'zones' | 'ports'>,
  instanceTypes: readonly string[],
  where: string,
): Promise<void> {
  if (zones.length === 0 || instanceTypes.length === 0) return;
  const offered = await ports.account.offeredIn(instanceTypes);
  const missing = [...new Set(instanceTypes)].filter((type) => !zones.some((zone) => offered.get(zone)?.has(type)));
  if (missing.length === 0) return;
  const elsewhere = missing.map((type) => {
    const having = [...offered].flatMap(([zone, types]) => (types.has(type) ? [zone] : []));
    return `${type} is in ${having.sort().join(', ') || `no zone of ${region}`}`;
  });
  throw new CliError(
    'instance-type-not-offered',
    `the stack ${name} is in ${zones.join(', ')}, and ${elsewhere.join('; ')}`,
    {
      where,
      nextStep:
        'Leave them out; or deploy a stack of another name with these zones (network.availabilityZones, or stepbench deploy --matrix, which finds them). Nothing was started.',
    },
  );
}

/** @throws CliError naming every type that no zone of the region has. */
export async function checkOffered(
  { account }: Pick<StackPorts, 'account'>,
  region: string,
  instanceTypes: readonly string[],
  where: string,
): Promise<void> {
  if (instanceTypes.length === 0) return;
  const missing = await account.notOffered(instanceTypes);
  if (missing.length === 0) return;
  throw new CliError('instance-type-not-offered', `no zone of ${region} has ${missing.join(', ')}`, {
    where,
    nextStep: 'Leave them out, or take a region that has them. Nothing was started.',
  });
}

/**
 * A cluster that somebody else made is not touched, not even to put a run on it, since whoever made it would find
 * nodes, roles and a namespace in it; unless the configuration of the stack names it.
 */
export async function checkCluster(
  { name: stack, ports, foreignClusters }: Pick<OpenStack, 'name' | 'ports' | 'foreignClusters'>,
  cluster: string,
): Promise<void> {
  if (foreignClusters.includes(cluster)) return;
  const owner = await ports.clusters.owner(cluster);
  if (owner === undefined || owner.stack === stack) return;
  const whose = owner.stack === null ? 'was not made by StepBench' : `belongs to the stack ${owner.stack}`;
  throw new CliError('cluster-not-ours', `there is a cluster of this name already, and it ${whose}`, {
    where: cluster,
    nextStep:
      'Name another one in the matrix (cluster.name); or list this one under cluster.foreignClusters in the configuration of the stack and deploy it again. Nothing was started.',
  });
}
