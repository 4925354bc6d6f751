import { loadSlot } from '#core/cluster/manifests/load-slot.ts';
import { loadNodePoolName, loadSlotName, NAMESPACE } from '#core/cluster/names.ts';
import { uploader } from '#core/cluster/uploader.ts';
import { generatorFor } from '#core/generators/generators.ts';
import type { Deployment } from '#core/plan/types.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { planAtWork } from '../store/plan-at-work.ts';
import { make } from './make.ts';

interface Slot {
  run: string;
  attempt: number;
  deployment: Pick<Deployment, 'id' | 'generator'>;
  deadline: string;
  zone: string;
}

/** Once the engine's zone is known: a place for its load generator there, ready by the time that it is. */
export async function holdLoadSlot({ cluster, store }: { cluster: Cluster; store: ObjectStore }, slot: Slot) {
  const plan = await planAtWork(store, slot.run);
  const nodePool = loadNodePoolName(slot.run, plan.deadline);
  const { image, user } = generatorFor(slot.deployment.generator);
  const { run, attempt, deployment } = slot;
  const object = loadSlot({ ...slot, nodePool, generator: { image, ...(user !== undefined && { user }) }, uploader });
  await make({ cluster, store }, { run, attempt, deployment: deployment.id }, object);
}

export async function freeLoadSlot(cluster: Cluster, { run, deployment, deadline }: Slot): Promise<void> {
  const name = loadSlotName(run, deployment.id, deadline);
  await cluster.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name });
}
