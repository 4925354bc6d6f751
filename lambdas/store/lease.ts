import * as z from 'zod/mini';
import { RUN_ID } from '#core/cluster/names.ts';
import { type Clock, isoTime } from '#core/ports/clock.ts';
import type { Executions } from '#core/ports/executions.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import { atOnce } from './at-once.ts';
import { readJson, writeJson } from './json.ts';
import { announceCluster, announceLease, dropLease } from './lease-index.ts';

const leaseSchema = z.object({
  schema_version: z.literal(1),
  run: z.string(),
  /** ARN of the execution that works on the run. */
  execution: z.string(),
  /** How many executions have held it, this one included. */
  attempt: z.number(),
  cluster: z.string(),
  /** The cluster is to go with the run. Leases of earlier versions do not say. */
  ephemeral: z.optional(z.boolean()),
  /** ISO time by which everything of the run must be gone. */
  deadline: z.string(),
  /** ISO time at which it was proven gone; null while it may not be. */
  releasedAt: z.nullable(z.string()),
  /** ISO time since when the cluster has refused whoever lets go of the run, call after call. */
  refusedSince: z.optional(z.string()),
});

/** What a lease of whatever version says of the cluster, in the words of this one. */
const anyVersionSchema = z.pick(leaseSchema, { execution: true, cluster: true, releasedAt: true });

export type Lease = z.infer<typeof leaseSchema>;

/** The lease as it stood, and what must still hold when it is taken. */
export interface LeaseOffer {
  attempt: number;
  /** Null when there was none yet. */
  etag: string | null;
  /** This execution has it already: a task delivered twice. */
  mine: boolean;
}

type LeasePorts = { store: ObjectStore; executions: Executions };

export async function readLease(store: ObjectStore, run: string): Promise<{ lease: Lease; etag: string } | undefined> {
  const stored = await readJson(store, keyOf({ kind: 'lease', run }));
  if (stored === undefined) return undefined;
  const parsed = leaseSchema.safeParse(stored.value);
  if (!parsed.success) throw unreadable(store, run, stored.value);
  return { lease: parsed.data, etag: stored.etag };
}

function unreadable(store: ObjectStore, run: string, value: unknown): StepBenchError {
  const version = (value as { schema_version?: unknown } | null)?.schema_version;
  if (typeof version === 'number' && version !== 1) {
    return new StepBenchError(ErrorName.SchemaVersion, `The lease of run ${run} is not of this version.`, {
      nextStep: 'Finish the run with the version that started it, or use another run id.',
    });
  }
  return new StepBenchError(
    ErrorName.StoreBroken,
    `${store.locate(keyOf({ kind: 'lease', run }))} is no lease, though it is where that of run ${run} should be.`,
    {
      nextStep:
        'Something else wrote it. See that no execution works on the run, then move it away: what may be left of the run goes by its deadline.',
    },
  );
}

/**
 * What taking the lease would give. A schedule fires at least once and a user can press twice: the second
 * execution of a run ends here, while the first one lives.
 * @throws StepBenchError RunAlreadyActive
 */
export async function offerLease(ports: LeasePorts, run: string, execution: string): Promise<LeaseOffer> {
  const stored = await readLease(ports.store, run);
  if (stored === undefined) return { attempt: 1, etag: null, mine: false };
  const { lease, etag } = stored;
  if (lease.execution === execution) return { attempt: lease.attempt, etag, mine: true };
  if (lease.releasedAt === null && (await ports.executions.isRunning(lease.execution))) {
    throw new StepBenchError(ErrorName.RunAlreadyActive, `Run ${run} is under way: ${lease.execution} works on it.`, {
      nextStep: 'Wait for it, or stop it first; or name another run.',
    });
  }
  return { attempt: lease.attempt + 1, etag, mine: false };
}

/** @throws StepBenchError RunAlreadyActive when another execution was faster. */
export async function takeLease(
  ports: { store: ObjectStore; clock: Clock },
  offer: LeaseOffer,
  lease: Omit<Lease, 'schema_version' | 'releasedAt'>,
) {
  if (offer.mine) return;
  const { store } = ports;
  const key = keyOf({ kind: 'lease', run: lease.run });
  const condition = offer.etag === null ? { ifAbsent: true as const } : { ifEtag: offer.etag };
  await announceCluster(store, lease.cluster);
  await announceLease(ports, lease);
  try {
    await writeJson(store, key, { schema_version: 1, ...lease, releasedAt: null }, condition);
    // A sweep may have begun to clear away an entry of this attempt that somebody left an hour ago.
    await announceLease(ports, lease);
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
    // A put that was answered late may have been ours: asked again, the lease says so.
    const now = await readLease(store, lease.run);
    if (now?.lease.execution === lease.execution) return;
    throw new StepBenchError(ErrorName.RunAlreadyActive, `Another execution has just started run ${lease.run}.`, {
      cause: error,
      nextStep: 'Let it work; it measures the same cells.',
    });
  }
}

/** Marks the run as gone from its cluster. A lease that another execution has taken over stays as it is. */
export async function endLease(
  ports: { store: ObjectStore; clock: Clock },
  run: string,
  execution: string,
): Promise<void> {
  const stored = await readLease(ports.store, run);
  if (stored === undefined || stored.lease.execution !== execution || stored.lease.releasedAt !== null) return;
  const { attempt } = stored.lease;
  const ended = { ...stored.lease, releasedAt: isoTime(ports.clock) };
  try {
    await writeJson(ports.store, keyOf({ kind: 'lease', run }), ended, { ifEtag: stored.etag });
  } catch (error) {
    // Ended by the other delivery of this task, or taken over in the meantime.
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
  }
  // Not open any more in either case: what was taken over has an entry of its own attempt.
  await dropLease(ports.store, { run, attempt });
}

/** False once another execution has taken the run over, alive or not: what becomes of its cells is for it to say. */
export async function holdsRun(store: ObjectStore, run: string, execution: string): Promise<boolean> {
  const stored = await readLease(store, run);
  return stored === undefined || stored.lease.execution === execution;
}

/** The lease of another execution that works on the run now. */
export async function takenOver(ports: LeasePorts, run: string, execution: string): Promise<Lease | undefined> {
  const lease = (await readLease(ports.store, run))?.lease;
  if (lease === undefined || lease.execution === execution || lease.releasedAt !== null) return undefined;
  return (await ports.executions.isRunning(lease.execution)) ? lease : undefined;
}

/**
 * Since when the cluster has refused whoever lets go of the run: written down at the first refusal, and struck out as
 * soon as it answers, for one refusal may be a lag of EKS and a lasting one is not.
 * @returns the lease with it; undefined where the lease is not this execution's, or was changed meanwhile: then nobody
 * knows, and the next call may.
 */
export async function noteRefusal(
  { store, clock }: { store: ObjectStore; clock: Clock },
  { run, execution }: { run: string; execution: string },
  isRefused: boolean,
): Promise<Lease | undefined> {
  const stored = await readLease(store, run);
  if (stored?.lease.execution !== execution) return undefined;
  const { refusedSince, ...lease } = stored.lease;
  if ((refusedSince !== undefined) === isRefused) return stored.lease;
  const noted: Lease = isRefused ? { ...lease, refusedSince: isoTime(clock) } : lease;
  try {
    await writeJson(store, keyOf({ kind: 'lease', run }), noted, { ifEtag: stored.etag });
    return noted;
  } catch (error) {
    if (isError(error, ErrorName.PreconditionFailed)) return undefined;
    throw error;
  }
}

/**
 * Runs that are alive on a cluster, other than one: such a cluster is never deleted.
 * @throws StepBenchError StoreBroken, SchemaVersion: a lease that cannot be read may be of any cluster.
 */
export async function liveRuns(ports: LeasePorts, cluster: string, exceptRun?: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const run of ports.store.folders('runs/')) {
    // What else is there belongs to others: a bucket has room for more than us.
    if (run !== exceptRun && RUN_ID.test(run)) runs.push(run);
  }
  // One after the other, the leases of some thousand kept runs take longer than a release may.
  const live = await atOnce(runs, (run) => worksOn(ports, cluster, run));
  return runs.filter((_, index) => live[index]);
}

async function worksOn(ports: LeasePorts, cluster: string, run: string): Promise<boolean> {
  const stored = await readJson(ports.store, keyOf({ kind: 'lease', run }));
  if (stored === undefined) return false;
  // A stack that was deployed anew has executions of the version before under way.
  const lease = anyVersionSchema.safeParse(stored.value);
  if (!lease.success) throw unreadable(ports.store, run, stored.value);
  if (lease.data.cluster !== cluster || lease.data.releasedAt !== null) return false;
  return ports.executions.isRunning(lease.data.execution);
}
