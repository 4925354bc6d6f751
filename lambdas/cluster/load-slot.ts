import { loadSlot } from '#core/cluster/manifests/load-slot.ts';
import { loadNodePoolName, loadSlotName, NAMESPACE } from '#core/cluster/names.ts';
import { uploader } from '#core/cluster/uploader.ts';
import { generatorFor } from '#core/generators/generators.ts';
import type { Deployment } from '#core/plan/types.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { readPlan } from '../store/plan.ts';
import { applyOnce } from './apply.ts';

interface Slot {
  run: string;
  deployment: Pick<Deployment, 'id' | 'generator'>;
  deadline: string;
  zone: string;
}

/** Once the engine's zone is known: a place for its load generator there, ready by the time that it is. */
export async function holdLoadSlot({ cluster, store }: { cluster: Cluster; store: ObjectStore }, slot: Slot) {
  const plan = await readPlan(store, slot.run);
  const nodePool = loadNodePoolName(slot.run, plan.deadline);
  const generatorImage = generatorFor(slot.deployment.generator).image;
  await applyOnce(cluster, loadSlot({ ...slot, nodePool, generatorImage, uploader }));
}

export async function freeLoadSlot(cluster: Cluster, { run, deployment, deadline }: Slot): Promise<void> {
  const name = loadSlotName(run, deployment.id, deadline);
  await cluster.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name });
}
