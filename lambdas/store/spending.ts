import type { Spending } from '#core/plan/spending.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { lifeUsd, nodeSpending, type ProvenGone, type Purchase } from '#core/results/account.ts';
import { readRecords } from './deployment-record.ts';
import { readLease } from './lease.ts';
import { findPlan, type StoredPlan } from './plan.ts';
import { readPurchases } from './purchase.ts';

/** What a run has spent, and what of that the plan of its next execution has to remember. */
export interface Account {
  spent: Spending;
  /** Control plane and transitions of the executions so far. */
  lifeUsd: number;
  provenGone: ProvenGone[];
}

/** Which of these have no node left, and will have none. */
export type AskGone = (purchases: readonly Purchase[], cluster: string) => Promise<ReadonlySet<Purchase>>;

/**
 * What all executions of a run so far have taken of its budget; undefined for a run that was never planned. The one
 * account: a resumed run is planned with what it leaves, and whoever tells what a run has spent tells this.
 *
 * @param now ISO time.
 * @param askGone asked about nodes of which no proof is stored, where somebody can tell.
 */
export async function readAccount(
  store: ObjectStore,
  run: string,
  now: string,
  askGone: AskGone = async () => new Set(),
): Promise<Account | undefined> {
  const plan = await findPlan(store, run);
  if (plan === undefined) return undefined;
  const [stored, purchases, records] = await Promise.all([
    readLease(store, run),
    readPurchases(store, run),
    readRecords(store, run),
  ]);
  const lease = stored?.lease;
  const provenGone = [...(plan.provenGone ?? [])];
  if (lease !== undefined && lease.releasedAt !== null)
    provenGone.push({ attempt: lease.attempt, at: lease.releasedAt });

  const unproven = purchases.filter((one) => earliest(provenGone, one) === undefined);
  const gone = unproven.length === 0 ? new Set<Purchase>() : await askGone(unproven, plan.cluster.name);
  if (unproven.length > 0 && unproven.every((one) => gone.has(one)))
    provenGone.push({ attempt: plan.attempt, at: now });
  const nodes = nodeSpending(
    purchases,
    records,
    (purchase) => earliest(provenGone, purchase) ?? (gone.has(purchase) ? Date.parse(now) : undefined),
  );
  const released = lease?.attempt === plan.attempt ? lease.releasedAt : null;
  const soFar = (plan.earlierLifeUsd ?? 0) + lifeUsd({ ...lifeOf(plan), endedAt: released ?? sooner(now, plan) });
  return { spent: { ...nodes, sharedUsd: nodes.sharedUsd + soFar }, lifeUsd: soFar, provenGone };
}

function earliest(proofs: readonly ProvenGone[], { attempt }: Purchase): number | undefined {
  const times = proofs.filter((proof) => proof.attempt >= attempt).map(({ at }) => Date.parse(at));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** An execution that nobody saw end has ended by its deadline; what stands longer is not there for it. */
const sooner = (now: string, { deadline }: StoredPlan): string =>
  Date.parse(now) < Date.parse(deadline) ? now : deadline;

const lifeOf = ({ startedAt, maxConcurrency, deploymentIds, totalCells, skippedCells }: StoredPlan) => ({
  startedAt,
  maxConcurrency,
  deployments: deploymentIds.length,
  cells: totalCells - skippedCells,
});
