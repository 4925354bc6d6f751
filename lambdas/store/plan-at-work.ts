import type { ObjectStore } from '#core/ports/object-store.ts';
import { readLease } from './lease.ts';
import { readPlan, type StoredPlan } from './plan.ts';

/** By the store that it is in: the plan that this process read last. */
const kept = new WeakMap<ObjectStore, StoredPlan>();

/**
 * The plan of the execution that works on the run. Tasks ask for it hundreds of times for each deployment, and with
 * thousands of deployments it has megabytes; but no execution changes its plan once it stands. So it is read when the
 * lease, which is small, is of another execution than the plan at hand. The deadline tells a run apart from one of the
 * same name that was deleted.
 */
export async function planAtWork(store: ObjectStore, run: string): Promise<StoredPlan> {
  const known = kept.get(store);
  const lease = known?.run === run ? (await readLease(store, run))?.lease : undefined;
  if (known !== undefined && known.attempt === lease?.attempt && known.deadline === lease.deadline) return known;
  const plan = await readPlan(store, run);
  kept.set(store, plan);
  return plan;
}
