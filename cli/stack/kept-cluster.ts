import { keptClusterLine } from '#core/pricing/standing.ts';
import type { ClusterTarget } from '#core/workflow/payload.ts';
import type { OpenStack } from './open-stack.ts';

/** What a run leaves standing that costs money; nothing where its matrix has the cluster deleted, or it is somebody else's. */
export const keptCluster = (
  { name, ephemeral }: Pick<ClusterTarget, 'name' | 'ephemeral'>,
  stack: Pick<OpenStack, 'name' | 'foreignClusters'>,
): string[] => (ephemeral || stack.foreignClusters.includes(name) ? [] : [keptClusterLine(name, stack.name)]);
