import type { Plan } from '#core/plan/types.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { atOnce } from '#lambdas/store/at-once.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { findPlan, readDeployment } from '#lambdas/store/plan.ts';

/** What the execution is to measure; undefined while it has not planned yet. */
export async function plannedBy(store: ObjectStore, run: string, execution: string): Promise<Plan | undefined> {
  const lease = (await readLease(store, run))?.lease;
  if (lease?.execution !== execution) return undefined;
  const plan = await findPlan(store, run);
  // The lease is taken first: until then the plan is that of the execution before.
  if (plan === undefined || plan.attempt !== lease.attempt) return undefined;
  const deployments = await atOnce(plan.deploymentIds, (id) => readDeployment(store, run, id));
  return { ...plan, deployments };
}

/**
 * When everything that the execution had in its run was proven gone: in ms since the epoch, undefined when nothing
 * of it ever was there, or another execution has taken the run over.
 */
export async function releasedAt(
  store: ObjectStore,
  run: string,
  execution: string,
): Promise<number | undefined | 'not-yet'> {
  const lease = (await readLease(store, run))?.lease;
  if (lease === undefined || lease.execution !== execution) return undefined;
  return lease.releasedAt === null ? 'not-yet' : Date.parse(lease.releasedAt);
}
