import { RELEASE_ALLOWANCE_SECONDS } from '../plan/deadlines.ts';
import { transitionsUsd } from '../plan/estimate.ts';
import { FINEST_POLL_SECONDS } from '../plan/poll.ts';
import type { Spending } from '../plan/spending.ts';
import type { PriceQuote } from '../ports/prices.ts';
import { cost } from '../pricing/quote.ts';
import { SHARED_RATES } from '../pricing/shared-rates.ts';
import { ErrorName } from '../workflow/errors.ts';
import type { DeploymentRow } from './deployment-columns.ts';

/**
 * Written before a NodePool is made: that nodes may be bought from now on, until when and for how much. A run whose
 * orchestrator dies leaves no record of its nodes, and a record can fail to be written; this is there all the same.
 */
export interface Purchase {
  schema_version: 1;
  run: string;
  /** Which execution of the run, from 1. */
  attempt: number;
  /** Id of the deployment, or `load`. */
  deployment: string;
  nodePool: string;
  /** ISO time of the first request. */
  askedAt: string;
  /** ISO time; a node may be paid for the release allowance longer. */
  deadline: string;
  /** At most so many at once. */
  nodes: number;
  /** The dearest that they may be bought for. */
  price: PriceQuote;
  /** Through NAT, for each node. */
  downloadUsd: number;
  /** Through NAT, once: weights that were not in the bucket yet. */
  stagingUsd: number;
  /** ISO time at which the pool was let go of, and had no node; null while that is not so. */
  emptyAt: string | null;
}

/** Everything that the executions up to this one had made was proven gone. */
export interface ProvenGone {
  attempt: number;
  /** ISO time. */
  at: string;
}

/** When a purchase's nodes were all gone, in ms; undefined while nobody has proven it. */
export type GoneAt = (purchase: Purchase) => number | undefined;

/** What the nodes of a run cost, and what they may still cost: each by its record, or by its purchase without one. */
export function nodeSpending(
  purchases: readonly Purchase[],
  records: readonly DeploymentRow[],
  goneAt: GoneAt,
): Spending {
  const keyOf = (of: { attempt: number; deployment: string }) => `${of.attempt} ${of.deployment}`;
  const left = new Map(records.map((row) => [keyOf({ attempt: row.attempt, deployment: row.deployment_id }), row]));
  const parts: Spending[] = [];
  for (const purchase of purchases) {
    const record = left.get(keyOf(purchase));
    const goneMs = goneAt(purchase);
    parts.push(
      record !== undefined && tellsAll(purchase, record, records)
        ? recorded(purchase, record)
        : atMost(purchase, record, goneMs),
    );
    left.delete(keyOf(purchase));
  }
  // Of a run that an earlier version started, which announced no purchase.
  for (const row of left.values()) parts.push({ nodesUsd: row.total_usd, sharedUsd: 0, reservedUsd: 0 });
  return sumOf(parts);
}

/** Whether a record has the whole life of every node that was bought. */
function tellsAll({ attempt }: Purchase, record: DeploymentRow, records: readonly DeploymentRow[]): boolean {
  if (record.released_at === null) return false;
  // One that is released late may have had a node that has gone since; without capacity none ever came.
  if (record.launched_at === null) return record.error_name === ErrorName.NoCapacity && record.instance_id === null;
  if (record.role !== 'load') return true;
  // The load comes from the engine's zone: one that is missing was empty for long enough to go before it was seen.
  const engines = records.filter((one) => one.attempt === attempt && one.role === 'engine' && one.zone !== null);
  return instances(record) >= new Set(engines.map(({ zone }) => zone)).size;
}

/**
 * Purchases of which the records do not say what they came to, once everything of the run is gone: without a record,
 * without an end, or of a node that was seen and could not be recorded while it was there. A pool that was let go of
 * empty came to nothing.
 */
export function unrecorded(purchases: readonly Purchase[], records: readonly DeploymentRow[]): Purchase[] {
  return purchases.filter(({ attempt, deployment, emptyAt }) => {
    const record = records.find((one) => one.attempt === attempt && one.deployment_id === deployment);
    if (record === undefined) return emptyAt === null;
    return record.released_at === null || (record.launched_at === null && record.instance_id !== null);
  });
}

/** Until it has registered, a node that is lost leaves nothing to tell when it was launched: Karpenter waits so long. */
const REGISTRATION_SECONDS = 900;

/** A node of EKS Auto Mode is Ready after 60-120 s: before that nothing is downloaded to it. */
const LAUNCH_SECONDS = 60;

function recorded(purchase: Purchase, record: DeploymentRow): Spending {
  const { launched_at, total_usd } = record;
  if (launched_at === null) return sumOf([]);
  // One that was lost before the first of the record: of that no trace is left but the time.
  const asked = Math.max(0, Date.parse(launched_at) - Date.parse(purchase.askedAt)) / 1000;
  const untold = record.role === 'load' ? asked : Math.min(asked, REGISTRATION_SECONDS);
  const lost = untold > LAUNCH_SECONDS ? purchase.nodes : 0;
  const downloads = instances(record) + (record.role === 'load' ? lost : 0);
  return {
    nodesUsd: total_usd,
    sharedUsd: downloads * purchase.downloadUsd + purchase.stagingUsd,
    reservedUsd: lost * cost(untold, purchase.price),
  };
}

/** Its end is on no record, or not its beginning: as long, and as many, as there can have been. */
function atMost(purchase: Purchase, record: DeploymentRow | undefined, goneMs: number | undefined): Spending {
  const { nodes, downloadUsd, stagingUsd, price } = purchase;
  const toMs = Math.min(
    Date.parse(purchase.deadline) + RELEASE_ALLOWANCE_SECONDS * 1000,
    goneMs ?? Number.POSITIVE_INFINITY,
    record?.released_at == null ? Number.POSITIVE_INFINITY : Date.parse(record.released_at),
    // Nodes that went before that were lost, and left no record.
    goneMs === undefined || purchase.emptyAt === null ? Number.POSITIVE_INFINITY : Date.parse(purchase.emptyAt),
  );
  const seconds = (toMs - Date.parse(purchase.askedAt)) / 1000;
  if (seconds <= 0) return sumOf([]);
  const nodesUsd = record?.total_usd ?? 0;
  const downloadsUsd = seconds < LAUNCH_SECONDS ? 0 : nodes * downloadUsd + stagingUsd;
  const mostUsd = nodes * cost(seconds, price) + downloadsUsd;
  return { nodesUsd, sharedUsd: 0, reservedUsd: Math.max(0, mostUsd - nodesUsd) };
}

/** The record of the load generators' nodes is one for all of them. */
const instances = ({ instance_id }: DeploymentRow): number => (instance_id ?? '').split(',').length;

/** The states of an execution besides its polls, the polls for its answers with them. */
const RUN_TRANSITIONS = 500;

/** A Wait, a Task and a Choice: no execution makes them faster, and a retry, which is one, waits for a second. */
const TRANSITIONS_PER_SECOND = 3 / FINEST_POLL_SECONDS;

/** One execution of a run, as its plan has it. */
export interface ExecutionLife {
  startedAt: string;
  /** ISO time at which everything was released, or by which it must have been. */
  endedAt: string;
  maxConcurrency: number;
  deployments: number;
  cells: number;
}

/**
 * Control plane and state transitions of an execution. Nobody counts its transitions, so they are taken to be as
 * many as there can have been: while the map runs, the run's own execution waits for it.
 */
export function lifeUsd({ startedAt, endedAt, maxConcurrency, deployments, cells }: ExecutionLife): number {
  if (deployments === 0) return transitionsUsd(RUN_TRANSITIONS);
  const seconds = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const polled = seconds * TRANSITIONS_PER_SECOND * Math.max(1, maxConcurrency);
  return (
    (seconds / 3600) * SHARED_RATES.controlPlaneUsdPerHour +
    transitionsUsd(RUN_TRANSITIONS + 30 * (deployments + cells) + polled)
  );
}

const sumOf = (parts: readonly Spending[]): Spending => ({
  nodesUsd: parts.reduce((sum, one) => sum + one.nodesUsd, 0),
  sharedUsd: parts.reduce((sum, one) => sum + one.sharedUsd, 0),
  reservedUsd: parts.reduce((sum, one) => sum + one.reservedUsd, 0),
});
