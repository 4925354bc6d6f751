import { RUN_ID } from '#core/cluster/names.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import { dayOf } from '#core/results/layout.ts';
import { atOnce } from '../store/at-once.ts';
import { type Lease, readLease } from '../store/lease.ts';
import {
  announceCluster,
  announceLease,
  dropLease,
  isForgotten,
  type LeaseIndex,
  markScanned,
  type OpenLease,
  readLeaseIndex,
} from '../store/lease-index.ts';

type LeasePorts = Pick<Ports, 'store' | 'clock'>;

interface ReadLeases {
  leases: Lease[];
  /** Leases that cannot be read, with the reason: one of them must not keep the guards from the others. */
  unreadable: { run: string; why: string }[];
}

export interface OpenLeases extends ReadLeases {
  /** Wherever runs have worked: nodes can be left of a run whose lease has ended. */
  clusters: ReadonlySet<string>;
  /** Where no lease is open, and the run that ended last was to take the cluster with it. Known once a day. */
  orphans: readonly string[];
}

/**
 * Leases that have not ended: one listing, and a GET for each of them. To read those of all runs every five minutes
 * is 288 x 30 = 8,640 reads a month a run, $3.50 for a thousand kept runs; it is done once a day, for what an earlier
 * version of the stack has left, and whatever else is not in the index.
 */
export async function openLeases({ store, clock }: LeasePorts): Promise<OpenLeases> {
  const index = await readLeaseIndex(store);
  const today = dayOf(isoTime(clock));
  const ports = { store, clock };
  return index.scannedDays.includes(today) ? indexed(ports, index) : scanned(ports, index, today);
}

async function indexed(ports: LeasePorts, { open, clusters }: LeaseIndex): Promise<OpenLeases> {
  const { store } = ports;
  const { leases, unreadable } = await readAll(store, [...new Set(open.map(({ run }) => run))]);
  await announce(ports, open, leases.filter(isOpen));
  for (const entry of open) {
    if (unreadable.some(({ run }) => run === entry.run)) continue;
    const lease = leases.find(({ run }) => run === entry.run);
    // One that cannot be deleted now is looked at again in five minutes.
    if (lease !== undefined && isOver(entry, lease)) await dropLease(store, entry).catch(() => {});
    else if (isUntaken(entry, lease)) await forget(ports, entry).catch(() => {});
  }
  return { leases: leases.filter(isOpen), clusters, orphans: [], unreadable };
}

async function scanned(ports: LeasePorts, { open, clusters, scannedDays }: LeaseIndex, today: string) {
  const { store } = ports;
  const { leases, unreadable } = await readLeases(store);
  await announce(ports, open, leases.filter(isOpen));
  // Told in every sweep until somebody has seen to it.
  await atOnce(unreadable, ({ run }) => announceLease(ports, { run, attempt: 1 }));
  const worked = new Set([...clusters, ...leases.map(({ cluster }) => cluster)]);
  await atOnce(
    [...worked].filter((name) => !clusters.has(name)),
    (name) => announceCluster(store, name),
  );
  await markScanned(store, today, scannedDays);
  // One that cannot be read may be of any cluster.
  const orphans = unreadable.length > 0 ? [] : [...worked].filter((name) => isOrphan(name, leases));
  return { leases: leases.filter(isOpen), clusters: worked, orphans, unreadable };
}

/** The release that should have deleted it found it not there yet, or died before it did. */
function isOrphan(cluster: string, all: readonly Lease[]): boolean {
  const there = all.filter((lease) => lease.cluster === cluster);
  if (there.some(isOpen)) return false;
  const last = there.toSorted((a, b) => ((a.releasedAt ?? '') < (b.releasedAt ?? '') ? 1 : -1))[0];
  return last?.ephemeral === true;
}

const isOpen = ({ releasedAt }: Lease): boolean => releasedAt === null;

/** Attempts only grow: an entry whose lease has not been taken yet is of one that may be taken any moment. */
const isOver = ({ attempt }: OpenLease, lease: Lease): boolean =>
  attempt < lease.attempt || (attempt === lease.attempt && lease.releasedAt !== null);

const isUntaken = ({ attempt }: OpenLease, lease: Lease | undefined): boolean =>
  lease === undefined || attempt > lease.attempt;

/**
 * Clears away what was announced an hour ago and never taken. Whoever starts the run anew announces the same attempt:
 * what has been taken in the meantime is announced again.
 */
async function forget(ports: LeasePorts, entry: OpenLease): Promise<void> {
  if (!(await isForgotten(ports, entry))) return;
  await dropLease(ports.store, entry);
  const lease = (await readLease(ports.store, entry.run))?.lease;
  if (lease !== undefined && isOpen(lease)) await announceLease(ports, lease);
}

/** Those that have no entry of their attempt. */
async function announce(ports: LeasePorts, open: readonly OpenLease[], leases: readonly Lease[]): Promise<void> {
  const known = new Set(open.map(({ run, attempt }) => `${run} ${attempt}`));
  await atOnce(
    leases.filter(({ run, attempt }) => !known.has(`${run} ${attempt}`)),
    (lease) => announceLease(ports, lease),
  );
}

/** The lease of every run there ever was. */
async function readLeases(store: ObjectStore): Promise<ReadLeases> {
  const runs: string[] = [];
  for await (const run of store.folders('runs/')) if (RUN_ID.test(run)) runs.push(run);
  return readAll(store, runs);
}

async function readAll(store: ObjectStore, runs: readonly string[]): Promise<ReadLeases> {
  const found: ReadLeases = { leases: [], unreadable: [] };
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

/** The lease that the execution holds, or held last: looked for under its own run first, where that is known. */
export async function leaseOf(store: ObjectStore, execution: string, run: string | undefined) {
  if (run !== undefined && RUN_ID.test(run)) {
    const stored = await readLease(store, run);
    if (stored?.lease.execution === execution) return stored.lease;
  }
  const { leases } = await readLeases(store);
  return leases.find((lease) => lease.execution === execution);
}

/** The lease of one run, open or not. */
export const leaseOfRun = (store: ObjectStore, run: string): Promise<ReadLeases> => readAll(store, [run]);
