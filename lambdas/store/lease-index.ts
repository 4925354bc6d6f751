import { type Clock, isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf, LEASES, parseKey } from '#core/results/layout.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { readJson, writeJson } from './json.ts';

/**
 * Which leases may be open, told by the names of keys in one folder: whoever looks after runs every five minutes reads
 * those leases, and not those of every run there ever was. An entry is written before its lease is taken and deleted
 * after it has ended, so that no open lease is without one, whoever dies in between. It bears the attempt: when a run
 * is taken over in the moment in which it is let go of, each deletes its own.
 */
export interface LeaseIndex {
  /** The highest attempt of each run is the one that counts, and the others are left over. */
  open: OpenLease[];
  /** Where runs have worked. */
  clusters: Set<string>;
  /** UTC days on which every lease was read. */
  scannedDays: string[];
}

export interface OpenLease {
  run: string;
  attempt: number;
}

const ENTRY = { schema_version: 1 };

type IndexPorts = { store: ObjectStore; clock: Clock };

export async function announceLease({ store, clock }: IndexPorts, { run, attempt }: OpenLease): Promise<void> {
  await writeJson(store, keyOf({ kind: 'open-lease', run, attempt }), { ...ENTRY, announcedAt: isoTime(clock) });
}

/** Whoever announces a lease takes it with the next call, or dies within the 120 s that ExpandMatrix has. */
export const UNTAKEN_SECONDS = 3600;

/** Whether a lease was announced so long ago that nobody takes it any more. One that does not say when begins now. */
export async function isForgotten(ports: IndexPorts, entry: OpenLease): Promise<boolean> {
  const stored = await readJson(ports.store, keyOf({ kind: 'open-lease', ...entry }));
  const announcedAtMs = Date.parse(String((stored?.value as { announcedAt?: unknown } | null)?.announcedAt));
  if (stored !== undefined && Number.isNaN(announcedAtMs)) await announceLease(ports, entry);
  return ports.clock.nowMs() > announcedAtMs + UNTAKEN_SECONDS * 1000;
}

export async function announceCluster(store: ObjectStore, cluster: string): Promise<void> {
  try {
    await writeJson(store, keyOf({ kind: 'lease-cluster', cluster }), ENTRY, { ifAbsent: true });
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
  }
}

/** Of a lease that has ended, or was taken over: its attempt never comes back. Of a forgotten one it may. */
export const dropLease = (store: ObjectStore, { run, attempt }: OpenLease): Promise<void> =>
  store.delete(keyOf({ kind: 'open-lease', run, attempt }));

export async function readLeaseIndex(store: ObjectStore): Promise<LeaseIndex> {
  const index: LeaseIndex = { open: [], clusters: new Set(), scannedDays: [] };
  for await (const { key } of store.list(LEASES)) {
    const found = parseKey(key);
    if (found?.kind === 'open-lease') index.open.push({ run: found.run, attempt: found.attempt });
    if (found?.kind === 'lease-cluster') index.clusters.add(found.cluster);
    if (found?.kind === 'lease-scan') index.scannedDays.push(found.day);
  }
  return index;
}

/** That all entries were there on this day; those of the days before are of no use any more. */
export async function markScanned(store: ObjectStore, day: string, before: readonly string[]): Promise<void> {
  await writeJson(store, keyOf({ kind: 'lease-scan', day }), ENTRY);
  for (const one of before) if (one !== day) await store.delete(keyOf({ kind: 'lease-scan', day: one }));
}
