import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { withRelease } from '#core/results/deployment-row.ts';
import { findRecord, writeRecord } from '#lambdas/store/deployment-record.ts';
import { publishRecords } from '#lambdas/store/publish-records.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { loadRecord, record } from '../fakes/records.ts';
import { keysOf } from '../fakes/stores.ts';
import { DAY, RUN } from '../fakes/world.ts';

const rowsIn = async (store: ObjectStore, key: string) =>
  parquetReadObjects({ file: (await store.get(key))!.body.slice().buffer as ArrayBuffer });
const fileOf = (deployment: string) => `results/deployments/dt=${DAY}/${RUN}.${deployment}.parquet`;

describe('the published records of a run', () => {
  it('are a file for each deployment, with a row for each of its attempts, and one for the shared nodes', async () => {
    const store = memoryStore();
    for (const row of [record(), record({ attempt: 2 }), record({ deployment: 'd1' }), loadRecord()]) {
      await writeRecord(store, row, undefined);
    }
    await publishRecords(store, RUN, DAY);
    expect(await keysOf(store, 'results/')).toEqual(['d0', 'd1', 'load'].map(fileOf));
    expect((await rowsIn(store, fileOf('d0'))).map((row) => row.attempt)).toEqual([1, 2]);
  });

  it('are the same bytes when nothing changed, and show what did', async () => {
    const store = memoryStore();
    await writeRecord(store, record(), undefined);
    await publishRecords(store, RUN, DAY);
    const before = (await store.get(fileOf('d0')))?.etag;
    await publishRecords(store, RUN, DAY);
    expect((await store.get(fileOf('d0')))?.etag).toBe(before);
    const stored = await findRecord(store, { run: RUN, deployment: 'd0', attempt: 1 });
    await writeRecord(store, withRelease(record(), '2026-07-01T12:10:00Z'), stored);
    await publishRecords(store, RUN, DAY);
    expect((await rowsIn(store, fileOf('d0')))[0]?.release_s).toBe(600);
  });

  it('are none of a run without nodes', async () => {
    const store = memoryStore();
    await publishRecords(store, RUN, DAY);
    expect(await keysOf(store)).toEqual([]);
  });
});
