import type { Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { findRecord } from '../store/deployment-record.ts';
import { readLease } from '../store/lease.ts';
import { applyOnce } from './apply.ts';

/** On whose behalf something is made. */
export interface Maker {
  run: string;
  /** Which execution of the run: the lease must still be its own. Left out where the task has only the deadline. */
  attempt?: number;
  /** The run's, ISO; as good a sign of the execution as its attempt. */
  deadline?: string;
  /** Set for what belongs to one deployment: it must not have been released. */
  deployment?: string;
}

/**
 * Makes an object in the cluster, as long as its run still works there. A delivery may come after the run has
 * ended and everything of it is proven gone; what it made then nobody would look for. So the lease is asked
 * before, and again after: a release that came in between did not see the object, and it is taken back.
 * @throws StepBenchError RunEnded
 */
export async function make<T extends KubernetesObject>(
  { cluster, store }: { cluster: Cluster; store: ObjectStore },
  maker: Maker,
  object: T,
  apply: (cluster: Cluster, object: T) => Promise<unknown> = applyOnce,
): Promise<void> {
  await assertAtWork(store, maker);
  await apply(cluster, object);
  if (await isAtWork(store, maker)) return;
  const { apiVersion, kind, metadata } = object;
  await cluster.delete({
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  });
  throw ended(maker);
}

/** @throws StepBenchError RunEnded */
export async function assertAtWork(store: ObjectStore, maker: Maker): Promise<void> {
  if (!(await isAtWork(store, maker))) throw ended(maker);
}

async function isAtWork(store: ObjectStore, { run, attempt, deadline, deployment }: Maker): Promise<boolean> {
  const lease = (await readLease(store, run))?.lease;
  if (lease === undefined || lease.releasedAt !== null) return false;
  if (attempt !== undefined && lease.attempt !== attempt) return false;
  if (deadline !== undefined && lease.deadline !== deadline) return false;
  // A deployment is recorded when its release begins.
  if (deployment === undefined) return true;
  return (await findRecord(store, { run, deployment, attempt: lease.attempt })) === undefined;
}

const ended = ({ run, deployment }: Maker): StepBenchError =>
  new StepBenchError(
    ErrorName.RunEnded,
    deployment === undefined
      ? `Run ${run} has ended, or another execution works on it: nothing more is made for it.`
      : `Deployment ${deployment} of run ${run} has been released: nothing more is made for it.`,
  );
