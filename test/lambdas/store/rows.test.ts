import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellRow } from '#core/results/cell-columns.ts';
import { readRows, readRowsOf, readStoredRow, recordRow } from '#lambdas/store/rows.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { failed, measured } from '../fakes/rows.ts';
import { breaksOnce, interleaved, keysOf, watched } from '../fakes/stores.ts';
import { RUN, World } from '../fakes/world.ts';

const [deployment] = await (await World.planned()).deployments();
const cell = deployment!.cells[0]!.id;

const anyRow = fc
  .record({ outcome: fc.constantFrom('valid', 'invalid', 'failed'), attempt: fc.integer({ min: 1, max: 3 }) })
  .map(({ outcome, attempt }) =>
    outcome === 'failed'
      ? failed(deployment!, { cell: 0, attempt })
      : measured(deployment!, { cell: 0, attempt, valid: outcome === 'valid' }),
  );
/** Of valid ones the first counts, whichever it was. */
const rank = ({ valid, status, attempt }: CellRow) =>
  [valid ? 1 : 0, status === 'measured' ? 1 : 0, valid ? 0 : attempt] as const;
const best = (rows: CellRow[]) => rows.map(rank).toSorted((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2])[0];

describe('the row of a cell', () => {
  it('is the best of all deliveries, whatever they interleave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 4 }), fc.scheduler(), async (rows, scheduler) => {
        const plain = memoryStore();
        const store = interleaved(plain, scheduler);
        await scheduler.waitFor(Promise.all(rows.map((row) => recordRow(store, row))));
        expect(rank((await readStoredRow(plain, RUN, cell))!.row)).toEqual(best(rows));
        expect(await keysOf(plain)).toEqual([`runs/${RUN}/rows/${cell}.json`]);
      }),
      { numRuns: 60 },
    );
  });

  it('stays the same from its first valid measurement on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 4 }), fc.scheduler(), async (rows, scheduler) => {
        const plain = memoryStore();
        const written: CellRow[] = [];
        const store = interleaved(
          {
            ...plain,
            put: async (key, body, condition) => {
              const done = await plain.put(key, body, condition);
              written.push(JSON.parse(String(body)) as CellRow);
              return done;
            },
          },
          scheduler,
        );
        await scheduler.waitFor(Promise.all(rows.map((row) => recordRow(store, row))));
        const firstValid = written.findIndex(({ valid }) => valid);
        if (firstValid >= 0) expect(written.slice(firstValid + 1)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is written once, however often it is delivered', async () => {
    let puts = 0;
    const store = watched(memoryStore(), (operation) => {
      if (operation === 'put') puts += 1;
    });
    for (let i = 0; i < 3; i++)
      await recordRow(store, measured(deployment!, { cell: 0, recordedAt: `2026-07-01T12:0${i}:00Z` }));
    expect(puts).toBe(1);
    expect((await readStoredRow(store, RUN, cell))?.row.recorded_at).toBe('2026-07-01T12:00:00.000Z');
  });

  it('survives a put that broke: the next delivery writes it', async () => {
    const store = breaksOnce(memoryStore(), 1);
    const row = measured(deployment!, { cell: 0 });
    await expect(recordRow(store, row)).rejects.toThrow('the store broke');
    await recordRow(store, row);
    expect((await readStoredRow(store, RUN, cell))?.row).toEqual(row);
  });

  it('is refused when something else wrote it, by its key', async () => {
    const store = memoryStore();
    await store.put(`runs/${RUN}/rows/${cell}.json`, '{"half');
    const refused = expect.objectContaining({
      name: 'StoreBroken',
      message: expect.stringContaining(`rows/${cell}.json`),
    });
    await expect(readStoredRow(store, RUN, cell)).rejects.toEqual(refused);
    await expect(recordRow(store, measured(deployment!, { cell: 0 }))).rejects.toEqual(refused);
  });
});

describe('the rows of a run', () => {
  it('are its own, and only rows', async () => {
    const store = memoryStore();
    const rows = [measured(deployment!, { cell: 0 }), failed(deployment!, { cell: 1 })];
    for (const row of rows) await recordRow(store, row);
    await recordRow(store, measured(deployment!, { cell: 0, run: 'night-2' }));
    await store.put(`runs/${RUN}/rows/notes.txt`, 'somebody was here');
    const ids = (list: CellRow[]) => list.map((row) => row.cell_id);
    expect(ids(await readRows(store, RUN)).toSorted()).toEqual(ids(rows).toSorted());
    const asked = [rows[1]!.cell_id, 'never', rows[0]!.cell_id];
    expect(ids(await readRowsOf(store, RUN, asked))).toEqual([rows[1]!.cell_id, rows[0]!.cell_id]);
  });
});
