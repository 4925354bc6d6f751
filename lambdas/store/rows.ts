import type { ObjectStore } from '#core/ports/object-store.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { keyOf, parseKey, rowsPrefix } from '#core/results/layout.ts';
import { readRow, supersedes } from '#core/results/row.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { atOnce } from './at-once.ts';
import { readJson, writeJson } from './json.ts';

export async function readStoredRow(store: ObjectStore, run: string, cell: string) {
  const key = keyOf({ kind: 'row', run, cell });
  const stored = await readJson(store, key);
  return stored && { row: readRow(stored.value, store.locate(key)), etag: stored.etag };
}

/** Every row of a run. */
export async function readRows(store: ObjectStore, run: string): Promise<CellRow[]> {
  const cells: string[] = [];
  for await (const { key } of store.list(rowsPrefix(run))) {
    const parsed = parseKey(key);
    if (parsed?.kind === 'row') cells.push(parsed.cell);
  }
  return readRowsOf(store, run, cells);
}

/** The rows of these cells, in their order; a cell without one is left out. */
export const readRowsOf = async (store: ObjectStore, run: string, cells: readonly string[]): Promise<CellRow[]> =>
  (await readStoredRowsOf(store, run, cells)).map(({ row }) => row);

/** With the etag that each had when it was read. */
export async function readStoredRowsOf(store: ObjectStore, run: string, cells: readonly string[]) {
  const stored = await atOnce(cells, (cell) => readStoredRow(store, run, cell));
  return stored.filter((one) => one !== undefined);
}

/**
 * Writes a cell's row unless a better one is there. Conditional, and decided again when somebody was
 * faster: a task that is delivered twice at once leaves one row, and a failure never hides a measurement.
 */
export async function recordRow(store: ObjectStore, row: CellRow): Promise<void> {
  const key = keyOf({ kind: 'row', run: row.run_id, cell: row.cell_id });
  for (;;) {
    const stored = await readStoredRow(store, row.run_id, row.cell_id);
    if (!supersedes(row, stored?.row)) return;
    try {
      await writeJson(store, key, row, stored === undefined ? { ifAbsent: true } : { ifEtag: stored.etag });
      return;
    } catch (error) {
      if (!isError(error, ErrorName.PreconditionFailed)) throw error;
    }
  }
}
