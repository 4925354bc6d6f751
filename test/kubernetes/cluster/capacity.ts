import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestCluster } from './test-cluster.ts';

/** No zone has an instance for the pool, until the answer is called. */
export async function withoutCapacity(
  { outOfCapacityFolder }: TestCluster,
  nodePool: string,
): Promise<() => Promise<void>> {
  const file = join(outOfCapacityFolder, nodePool);
  await writeFile(file, '');
  return () => rm(file, { force: true });
}
