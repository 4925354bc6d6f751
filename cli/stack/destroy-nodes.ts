import { parseNodePoolName } from '#core/cluster/names.ts';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import { isAwsProblem } from '#core/stack/errors.ts';
import type { Swept } from '#lambdas/janitor/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { letGo } from './let-go.ts';
import type { OpenStack } from './open-stack.ts';
import { PATIENCE_MINUTES, until } from './until.ts';

/** Of runs, by the names of their pools. */
export async function nodesOfRuns({ ports }: OpenStack, clusters: readonly string[]): Promise<ClusterInstance[]> {
  const found = await Promise.all(clusters.map((cluster) => ports.clusters.nodes(cluster)));
  // One that names no cluster is told for each.
  const byId = new Map(found.flat().map((one) => [one.id, one]));
  return [...byId.values()].filter(({ nodePool }) => parseNodePoolName(nodePool) !== undefined);
}

export const named = (nodes: readonly ClusterInstance[]): string =>
  nodes.map(({ id, instanceType, nodePool }) => `${id} (${instanceType}, ${nodePool})`).join(', ');

/** Part of the stack may be gone: it is being deleted, or could not be. */
export const isLeaving = ({ status }: OpenStack): boolean => status.startsWith('DELETE_');

/** What the stack does not have any more; an error where nobody has begun to take it away. */
export const unlessGone = async <T>(stack: OpenStack, asked: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await asked();
  } catch (error) {
    if (isLeaving(stack) && isAwsProblem(error, 'not-found')) return undefined;
    throw error;
  }
};

/**
 * Every node of the stack's runs away, before anything else goes: by the janitor, which proves it; where that has gone
 * with a part of the stack, by turning off the compute of the clusters that are going anyway.
 * @param own clusters that go with the stack.
 * @throws CliError `not-released` while something is left that nothing later would take along.
 */
export async function destroyNodes(cli: Cli, stack: OpenStack, own: readonly string[]): Promise<void> {
  const goesAlong = (swept: Swept) => goesWithClusters(stack, own, swept);
  const swept = await unlessGone(stack, () => letGo(cli, stack, { all: true }, goesAlong));
  if (swept === undefined) return endNodes(cli, stack, own);
  if (swept.done || (await goesAlong(swept))) return;
  throw notReleased(stack, leftOf(swept), 'Call it again in a while: what each says is what it waits for.');
}

/**
 * Whether all that is left is inside of clusters that do not let us look into them, and that go now: EC2 has no node of
 * any run there. A run whose lease cannot be read may be in any cluster, and in one of somebody else nothing goes along.
 */
async function goesWithClusters(stack: OpenStack, own: readonly string[], swept: Swept): Promise<boolean> {
  const closed = swept.clusters.filter(({ cluster, errors }) => own.includes(cluster) && errors.length > 0);
  const isClosed = (cluster: string | undefined) => closed.some((one) => one.cluster === cluster);
  for (const { run } of swept.remaining) {
    const lease = await readLease(stack.store, run).catch(() => undefined);
    if (!isClosed(lease?.lease.cluster)) return false;
  }
  const others = swept.clusters.filter(({ cluster }) => !isClosed(cluster));
  if (others.some(({ asked, nodesPastDeadline }) => asked === false || nodesPastDeadline.length > 0)) return false;
  return (
    closed.length > 0 &&
    (
      await nodesOfRuns(
        stack,
        closed.map(({ cluster }) => cluster),
      )
    ).length === 0
  );
}

const leftOf = ({ remaining, clusters }: Swept): string[] => [
  ...remaining.map(({ run, why }) => `${run} (${why})`),
  ...clusters.flatMap(({ cluster, nodesPastDeadline, asked, errors }) => [
    ...(nodesPastDeadline.length === 0 ? [] : [`in cluster ${cluster} ${named(nodesPastDeadline)}`]),
    ...(asked !== false ? [] : [`cluster ${cluster}, whose nodes nobody could ask for (${errors.join('; ')})`]),
  ]),
];

/** What would let go of nodes is gone, and so are the executions: nobody else ends them before their deadlines. */
async function endNodes(cli: Cli, stack: OpenStack, own: readonly string[]): Promise<void> {
  const { ports, foreignClusters } = stack;
  const elsewhere = await nodesOfRuns(stack, foreignClusters);
  if (elsewhere.length > 0) {
    throw notReleased(
      stack,
      [`in ${foreignClusters.join(', ')}, which are not the stack's: ${named(elsewhere)}`],
      'The functions that let go of them are gone: kubectl delete nodepool NAME, for each pool in brackets.',
    );
  }
  for (const cluster of own) {
    if ((await nodesOfRuns(stack, [cluster])).length === 0) continue;
    cli.stderr.write(`The janitor of the stack is gone: EKS is told to end all nodes of cluster ${cluster}.\n`);
    await ports.clusters.endNodes(cluster).catch((error: unknown) => {
      // On its way already, or in a change that ends first.
      if (!isAwsProblem(error, 'busy') && !isAwsProblem(error, 'not-found')) throw error;
    });
  }
  if (await until(cli, 'nodes are being ended', async () => (await nodesOfRuns(stack, own)).length === 0)) return;
  const left = await nodesOfRuns(stack, own);
  throw notReleased(
    stack,
    [named(left)],
    `They did not end in ${PATIENCE_MINUTES} minutes: docs/runbook.md, NodePastDeadline.`,
  );
}

const notReleased = ({ name }: OpenStack, left: readonly string[], nextStep: string) =>
  new CliError(
    'not-released',
    `no cluster and no stack was deleted by this call, for something of runs is left: ${left.join('; ')}`,
    {
      where: `--stack ${name}`,
      nextStep,
    },
  );
