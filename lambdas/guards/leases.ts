import { RUN_ID } from '#core/cluster/names.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { atOnce } from '../store/at-once.ts';
import { type Lease, readLease } from '../store/lease.ts';

export interface Leases {
  leases: Lease[];
  /** Leases that cannot be read, with the reason: one of them must not keep the guards from the others. */
  unreadable: { run: string; why: string }[];
}

/**
 * The lease of every run there ever was: a listing, and a GET each. Every five minutes that is 288 x 30 = 8,640
 * reads a month a run, $0.0035: a thousand kept runs cost $3.50 a month to watch over.
 */
export async function readLeases(store: ObjectStore): Promise<Leases> {
  const runs: string[] = [];
  for await (const run of store.folders('runs/')) if (RUN_ID.test(run)) runs.push(run);
  const found: Leases = { leases: [], unreadable: [] };
  await atOnce(runs, async (run) => {
    try {
      const stored = await readLease(store, run);
      if (stored !== undefined) found.leases.push(stored.lease);
    } catch (error) {
      found.unreadable.push({ run, why: error instanceof Error ? error.message : String(error) });
    }
  });
  return found;
}

/** The lease that the execution holds: looked for under its own run first, where that is known. */
export async function leaseOf(store: ObjectStore, execution: string, run: string | undefined) {
  if (run !== undefined && RUN_ID.test(run)) {
    const stored = await readLease(store, run);
    if (stored?.lease.execution === execution) return stored.lease;
  }
  const { leases } = await readLeases(store);
  return leases.find((lease) => lease.execution === execution);
}
