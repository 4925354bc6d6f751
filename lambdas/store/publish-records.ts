import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import { atOnce } from './at-once.ts';
import { readRecords, recordedDeployments } from './deployment-record.ts';
import { putNewer } from './put-newer.ts';

/** What the run's nodes did and cost, a file for each deployment and one for the nodes that served them all. */
export async function publishRecords(store: ObjectStore, run: string, day: string): Promise<void> {
  await atOnce(await recordedDeployments(store, run), (deployment) =>
    putNewer(store, keyOf({ kind: 'results', table: 'deployments', day, run, deployment }), async () => ({
      body: toParquet('deployments', await readRecords(store, run, deployment)),
    })),
  );
}
