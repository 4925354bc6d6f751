import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import { atOnce } from './at-once.ts';
import { readRecords } from './deployment-record.ts';

/** What the run's nodes did and cost, a file for each deployment and one for the nodes that served them all. */
export async function publishRecords(store: ObjectStore, run: string, day: string): Promise<void> {
  const byDeployment = Map.groupBy(await readRecords(store, run), (record) => record.deployment_id);
  await atOnce([...byDeployment], async ([deployment, records]) => {
    const key = keyOf({ kind: 'results', table: 'deployments', day, run, deployment });
    await store.put(key, toParquet('deployments', records));
  });
}
