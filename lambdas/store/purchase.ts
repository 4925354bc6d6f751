import * as z from 'zod/mini';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Purchase } from '#core/results/account.ts';
import { keyOf, parseKey, purchasesPrefix } from '#core/results/layout.ts';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import { atOnce } from './at-once.ts';
import { readJson, writeJson } from './json.ts';

const purchaseSchema = z.object({
  schema_version: z.literal(1),
  run: z.string(),
  attempt: z.number(),
  deployment: z.string(),
  nodePool: z.string(),
  askedAt: z.string(),
  deadline: z.string(),
  nodes: z.number(),
  price: z.object({
    instanceType: z.string(),
    region: z.string(),
    capacityType: z.enum(['on-demand', 'spot', 'reserved']),
    priceUsdPerHour: z.number(),
    feeUsdPerHour: z.number(),
    source: z.string(),
    effectiveAt: z.string(),
  }),
  downloadUsd: z.number(),
  stagingUsd: z.number(),
  emptyAt: z.nullable(z.string()),
});

type PurchaseId = Pick<Purchase, 'run' | 'deployment' | 'attempt'>;

const purchaseKey = ({ run, deployment, attempt }: PurchaseId): string =>
  keyOf({ kind: 'purchase', run, deployment, attempt });

/**
 * Announces nodes before they can be bought. The first announcement stands: asked again, or for the next capacity
 * type, the same nodes are meant, and they may have lived since then.
 */
export async function announce(store: ObjectStore, purchase: Purchase): Promise<void> {
  try {
    await writeJson(store, purchaseKey(purchase), purchase, { ifAbsent: true });
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
  }
}

/** Says of a pool that is let go of that it has no node. */
export async function announceEmpty(store: ObjectStore, id: PurchaseId, emptyAt: string): Promise<void> {
  const stored = await readJson(store, purchaseKey(id));
  if (stored === undefined) return;
  const purchase = readPurchase(stored.value, id.run);
  if (purchase.emptyAt !== null) return;
  try {
    await writeJson(store, purchaseKey(id), { ...purchase, emptyAt }, { ifEtag: stored.etag });
  } catch (error) {
    if (!isError(error, ErrorName.PreconditionFailed)) throw error;
  }
}

/** All that was announced for a run, by every execution of it. */
export async function readPurchases(store: ObjectStore, run: string): Promise<Purchase[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(purchasesPrefix(run))) {
    if (parseKey(key)?.kind === 'purchase') keys.push(key);
  }
  const found = await atOnce(keys, (key) => readJson(store, key));
  return found.flatMap((one) => (one === undefined ? [] : [readPurchase(one.value, run)]));
}

function readPurchase(value: unknown, run: string): Purchase {
  const parsed = purchaseSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StepBenchError(ErrorName.SchemaVersion, `What run ${run} may have bought is not of this version.`, {
    nextStep: 'Finish the run with the version that started it, or use another run id.',
  });
}
