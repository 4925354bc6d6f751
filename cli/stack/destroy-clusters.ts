import { isAwsProblem } from '#core/stack/errors.ts';
import { Output } from '#core/stack/outputs.ts';
import { readLeaseIndex } from '#lambdas/store/lease-index.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { named, nodesOfRuns } from './destroy-nodes.ts';
import type { OpenStack } from './open-stack.ts';
import { PATIENCE_MINUTES, until } from './until.ts';

/**
 * The clusters that the stack made outside of CloudFormation, until none is there, and EC2 has no node of a run in them
 * or in any that an earlier call has deleted.
 * @returns the names of those that this call has deleted.
 */
export async function destroyClusters(cli: Cli, stack: OpenStack): Promise<string[]> {
  const { ports, name } = stack;
  const told = new Set<string>();
  const areGone = await until(cli, 'clusters are being deleted', async () => {
    const there = await ports.clusters.ofStack(name);
    for (const cluster of there) {
      if (!told.has(cluster) && (await isTold(stack, cluster))) told.add(cluster);
    }
    return there.length === 0;
  });
  if (!areGone) {
    const still = (await ports.clusters.ofStack(name)).join(', ');
    throw new CliError('aws-failed', `after ${PATIENCE_MINUTES} minutes these clusters are still there: ${still}`, {
      where: `--stack ${name}`,
      nextStep: 'See in the console of EKS what they wait for, and call the command again: it goes on from there.',
    });
  }
  const worked = new Set([...told, ...(await clustersOfRuns(stack))]);
  const left = () => nodesOfRuns(stack, [...worked]);
  if (await until(cli, 'EC2 ends the nodes of deleted clusters', async () => (await left()).length === 0))
    return [...told];
  throw new CliError('not-released', `the clusters are gone, and EC2 still has ${named(await left())}`, {
    where: `--stack ${name}`,
    nextStep:
      'They are costing money, and only AWS can end what Auto Mode has launched: open a case with AWS Support. The stack stands; call the command again when they are gone.',
  });
}

/** False while EKS is busy with it: it is told again. */
async function isTold({ ports }: OpenStack, cluster: string): Promise<boolean> {
  try {
    await ports.clusters.delete(cluster);
    return true;
  } catch (error) {
    if (isAwsProblem(error, 'busy')) return false;
    throw error;
  }
}

/** Wherever runs have worked: the bucket knows it, as long as it is there. */
async function clustersOfRuns({ store, output }: OpenStack): Promise<Iterable<string>> {
  const { clusters } = await readLeaseIndex(store).catch(() => ({ clusters: [] }));
  return [output(Output.clusterName), ...clusters];
}
