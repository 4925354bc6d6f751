import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { withRelease } from '#core/results/deployment-row.ts';
import { completeRecord, findRecord, readRecords, writeRecord } from '#lambdas/store/deployment-record.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { record } from '../fakes/records.ts';
import { interleaved } from '../fakes/stores.ts';
import { RUN } from '../fakes/world.ts';

const ID = { run: RUN, deployment: 'd0', attempt: 1 };
const released = (row: DeploymentRow) => withRelease(row, '2026-07-01T12:10:00Z');

describe('the record of a node', () => {
  it('is the first one’s who looked, and everybody is told which that is', async () => {
    const store = memoryStore();
    const [early, late] = [record(), record({ recordedAt: '2026-07-01T12:05:00Z', launchedAt: null })];
    expect(await writeRecord(store, early, undefined)).toEqual(early);
    expect(await writeRecord(store, late, undefined)).toEqual(early);
    expect((await findRecord(store, ID))?.row).toEqual(early);
  });

  it('is made anew only from the one that was read', async () => {
    const store = memoryStore();
    await writeRecord(store, record({ launchedAt: null }), undefined);
    const before = await findRecord(store, ID);
    expect(await writeRecord(store, record(), before)).toEqual(record());
    expect((await writeRecord(store, record({ launchedAt: null }), before)).launched_at).not.toBeNull();
  });

  it('is completed once, and never unmade by a delivery that looked before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const plain = memoryStore();
        const store = interleaved(plain, scheduler);
        const release = async () => {
          const stored = await findRecord(store, ID);
          if (stored === undefined) await writeRecord(store, record(), undefined);
          await completeRecord(store, ID, released);
        };
        await scheduler.waitFor(Promise.all([release(), release(), release()]));
        expect((await findRecord(plain, ID))?.row).toEqual(released(record()));
      }),
      { numRuns: 40 },
    );
  });

  it('is completed on top of what another call saw meanwhile', async () => {
    const store = memoryStore();
    await writeRecord(store, record({ launchedAt: null }), undefined);
    let raced = false;
    await completeRecord(
      {
        ...store,
        put: async (key, body, condition) => {
          if (!raced) {
            raced = true;
            await writeRecord(store, record(), await findRecord(store, ID));
          }
          return store.put(key, body, condition);
        },
      },
      ID,
      released,
    );
    expect((await findRecord(store, ID))?.row).toEqual(released(record()));
  });

  it('is not asked about again once it is complete', async () => {
    const store = memoryStore();
    await writeRecord(store, record(), undefined);
    await completeRecord(store, ID, released);
    await completeRecord(store, ID, (row) => ({ ...row, released_at: '2027-01-01T00:00:00.000Z' }));
    expect((await findRecord(store, ID))?.row).toEqual(released(record()));
  });

  it('that nobody made is not completed either', async () => {
    const store = memoryStore();
    await completeRecord(store, ID, released);
    expect(await findRecord(store, ID)).toBeUndefined();
  });
});

describe('the records of a run', () => {
  it('are those of all its executions', async () => {
    const store = memoryStore();
    const rows = [record(), record({ attempt: 2 }), record({ deployment: 'd1' })];
    for (const row of rows) await writeRecord(store, row, undefined);
    await store.put(`runs/${RUN}/deployments/d0/notes.txt`, 'x');
    await store.put(`runs/${RUN}-2/deployments/d0/1.json`, JSON.stringify(record()));
    const found = (await readRecords(store, RUN)).map((row) => `${row.deployment_id} ${row.attempt}`);
    expect(found.toSorted()).toEqual(['d0 1', 'd0 2', 'd1 1']);
  });
});
