import type { ClusterEvent } from '#core/ports/cluster.ts';

/** Karpenter's words for a request that no zone would take (also said over quota and out of addresses). */
const NO_CAPACITY = new Set(['InsufficientCapacityError', 'NoCompatibleInstanceTypes']);

/** A node may take this long to register before Karpenter gives it up (its registration timeout, 15 min). */
const REGISTRATION_SECONDS = 15 * 60;

export interface CapacityWait {
  nowMs: number;
  /** When the engine began to wait for a node. */
  sinceMs: number;
  /** How long insufficient capacity is borne, for each capacity type. */
  patienceSeconds: number;
  /** Which capacity type is being tried, from 0: each has its own stretch of patience. */
  capacity: number;
  /** An instance is launched and has not registered yet: there was capacity. */
  launching: boolean;
  events: ClusterEvent[];
}

/**
 * Capacity is judged by patience, not by the first event: Karpenter walks the zones and tries again, and
 * often succeeds. Undefined while there is hope.
 */
export function noCapacity(wait: CapacityWait): string | undefined {
  const stretchMs = wait.patienceSeconds * 1000;
  const startMs = wait.sinceMs + wait.capacity * stretchMs;
  const waitedMs = wait.nowMs - startMs;
  const registrationMs = REGISTRATION_SECONDS * 1000;
  if (waitedMs < stretchMs + (wait.launching ? registrationMs : 0)) return undefined;
  const waited = `No node within ${Math.round(waitedMs / 1000)} s`;
  if (wait.launching) return `${waited}: an instance was launched and never registered.`;
  const told = wait.events.filter((event) => NO_CAPACITY.has(event.reason) && Date.parse(event.lastSeenAt) >= startMs);
  const last = told.at(-1);
  if (last !== undefined) return `${waited}; ${last.reason}: ${last.message}`;
  if (waitedMs > Math.max(stretchMs, registrationMs)) return `${waited}, and no event says why.`;
  return undefined;
}
