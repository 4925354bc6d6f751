import * as z from 'zod/mini';
import { Label, loadNodePoolName } from '#core/cluster/names.ts';
import { instanceId } from '#core/cluster/observe/node.ts';
import { condition } from '#core/cluster/observe/pod.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { Ports } from '#core/ports/ports.ts';
import { keyOf } from '#core/results/layout.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { readJson, writeJson } from '../store/json.ts';
import type { StoredPlan } from '../store/plan.ts';
import { planAtWork } from '../store/plan-at-work.ts';
import { nodeClaims } from './gone.ts';
import { SharedLook } from './shared-look.ts';

const nodeSchema = z.object({
  id: z.string(),
  zone: z.string(),
  /** ISO times. */
  launchedAt: z.string(),
  lastSeenAt: z.string(),
});
const nodesSchema = z.object({ schema_version: z.literal(1), nodes: z.array(nodeSchema) });

/** A node of the load generators, as it was seen while the run went on. */
export type LoadNode = z.infer<typeof nodeSchema>;

/** How old what is written of a node may be: looks are many, and a minute more or less is nothing to a CPU node. */
export const SEEN_WITHIN_MS = 60_000;

type LoadNodesOf = { run: string; attempt: number };

/**
 * Looks which nodes of the load generators there are: one that is empty goes after some minutes, and at the end of
 * the run nobody could tell that it was there. Every pod that buys one is followed by a look before an empty node
 * goes: at a staging, at an engine that was waited for and at a load when they have ended, and at every release.
 * Whatever fails is left to the next look: no measurement hangs on it.
 */
export async function seeLoadNodes(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  cluster: Cluster,
  run: string,
): Promise<void> {
  try {
    const plan = await planAtWork(store, run);
    // Thousands of deployments may be at this at once, with hundreds of nodes.
    await looks.at(plan, async () => {
      const claims = await nodeClaims(cluster, loadNodePoolName(run, plan.deadline));
      const seen = claims.flatMap((claim) => launched(claim, isoTime(clock)));
      await noteLoadNodes(store, plan, seen);
    });
  } catch {
    // A store that is full, or a cluster that does not answer, is told by whoever needs it.
  }
}

const looks = new SharedLook<StoredPlan, void>();

function launched(claim: AnyObject, now: string): LoadNode[] {
  const id = instanceId(claim.status?.providerID);
  const launchedAt = condition(claim, 'Launched')?.lastTransitionTime ?? claim.metadata.creationTimestamp;
  if (id === '' || launchedAt === undefined) return [];
  return [{ id, zone: claim.metadata.labels?.[Label.zone] ?? '', launchedAt, lastSeenAt: now }];
}

/** Somebody else's note at the same moment is of the same nodes: theirs stays. */
export async function noteLoadNodes(store: Ports['store'], of: LoadNodesOf, seen: readonly LoadNode[]): Promise<void> {
  if (seen.length === 0) return;
  const { run, attempt } = of;
  const key = keyOf({ kind: 'load-nodes', run, attempt });
  const stored = await readJson(store, key);
  const before = stored === undefined ? [] : nodesSchema.parse(stored.value).nodes;
  const nodes = new Map(before.map((one) => [one.id, one]));
  const news = seen.filter(({ id, lastSeenAt }) => {
    const known = nodes.get(id);
    return known === undefined || Date.parse(lastSeenAt) - Date.parse(known.lastSeenAt) >= SEEN_WITHIN_MS;
  });
  if (news.length === 0) return;
  for (const { id, zone, launchedAt, lastSeenAt } of news) {
    nodes.set(id, { id, zone, launchedAt: nodes.get(id)?.launchedAt ?? launchedAt, lastSeenAt });
  }
  const body = { schema_version: 1, nodes: [...nodes.values()] };
  try {
    await writeJson(store, key, body, stored === undefined ? { ifAbsent: true } : { ifEtag: stored.etag });
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
  }
}

export async function readLoadNodes(store: Ports['store'], of: LoadNodesOf): Promise<LoadNode[]> {
  const stored = await readJson(store, keyOf({ kind: 'load-nodes', ...of }));
  return stored === undefined ? [] : nodesSchema.parse(stored.value).nodes;
}
