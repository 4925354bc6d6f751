import { RELEASE_ALLOWANCE_SECONDS } from '#core/plan/deadlines.ts';
import type { ManagedCluster } from '#core/ports/managed-clusters.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { noteRefusal } from '../store/lease.ts';
import { readPurchases } from '../store/purchase.ts';
import { endCluster } from './end-cluster.ts';

/** An access entry has its effect within a minute or so: what is refused for five times that is refused for good. */
export const LASTING_REFUSAL_SECONDS = 300;

/**
 * What becomes of a run whose cluster refuses us, while EC2 has no node of it. Whatever is left in the cluster nobody can
 * see: it goes with the cluster where that was to go; it is nothing where no purchase was announced; and it buys nothing
 * any more once all deadlines are over, which its Jobs have too, for a NodePool without a pod has no node.
 * @returns what to tell of a run that is over; undefined while the cluster is on its way.
 * @throws `refusal` as long as there is something to wait for.
 */
export async function whenLockedOut(
  ports: Pick<Ports, 'clusters' | 'store' | 'executions' | 'clock'>,
  input: TaskInput<'ReleaseRun'>,
  found: ManagedCluster | undefined,
  refusal: Error,
): Promise<string | undefined> {
  const { store, clock } = ports;
  const lease = await noteRefusal(ports, input, true);
  const nowMs = clock.nowMs();
  const refusedMs = nowMs - Date.parse(lease?.refusedSince ?? '');
  if (lease === undefined || !(refusedMs >= LASTING_REFUSAL_SECONDS * 1000)) throw refusal;
  // What cannot be read may have been bought, and until whenever.
  const purchases = await readPurchases(store, input.run).catch(() => undefined);
  if (purchases?.length === 0) {
    return `Nothing was bought, but the cluster does not say what is left in it: ${refusal.message}`;
  }
  if ((await endCluster(ports, input, found)).going) return undefined;
  const deadlinesMs = [lease, ...(purchases ?? [])].map(({ deadline }) => Date.parse(deadline));
  if (purchases !== undefined && nowMs > Math.max(...deadlinesMs) + RELEASE_ALLOWANCE_SECONDS * 1000) {
    return `EC2 has no node of the run and its deadline is over, but the cluster does not say what is left in it: ${refusal.message}`;
  }
  throw refusal;
}
