import type { ObjectStore } from '#core/ports/object-store.ts';
import { unrecorded } from '#core/results/account.ts';
import { readRecords } from '../store/deployment-record.ts';
import { readPurchases } from '../store/purchase.ts';

const SHOWN = 5;

/**
 * What is gone and nobody knows the cost of: told here, at the end and once, whichever call could not write it down,
 * since the records are what everybody who counts reads.
 */
export async function tellUnrecorded(store: ObjectStore, run: string, attempt: number): Promise<string[]> {
  const [purchases, records] = await Promise.all([readPurchases(store, run), readRecords(store, run)]);
  const untold = unrecorded(purchases, records).filter((one) => one.attempt === attempt);
  if (untold.length === 0) return [];
  const names = untold.map(({ deployment, price }) =>
    deployment === 'load' ? 'the load generators’ nodes' : `${price.instanceType} of deployment ${deployment}`,
  );
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return [
    `What these nodes cost is not recorded: ${names.slice(0, SHOWN).join(', ')}${more}. Of the budget the most is counted that it can have been.`,
  ];
}
