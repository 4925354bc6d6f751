import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Slo } from '#core/plan/types.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { keyOf, type TableName } from '#core/results/layout.ts';
import { toParquet } from '#core/results/parquet.ts';
import type { AskedRun } from '#core/results/questions.ts';
import type { TableRows } from '#core/results/tables.ts';
import { type DuckDbSql, openDuckDbSql } from '#local/sql/duckdb-sql.ts';
import { type FolderStore, openFolderStore } from '#local/store/folder-store.ts';

export interface ResultsStore {
  store: FolderStore;
  sql: DuckDbSql;
  close(): Promise<void>;
}

/** An empty folder store and a query service over it. */
export async function openResults(folder = 'store'): Promise<ResultsStore> {
  const parent = await mkdtemp(join(tmpdir(), 'stepbench-sql-'));
  const store = await openFolderStore(join(parent, folder));
  const sql = await openDuckDbSql(store.root);
  return {
    store,
    sql,
    close: async () => {
      sql.close();
      await rm(parent, { recursive: true });
    },
  };
}

/** Of the runs of tests that name no other. */
export const SAMPLE_DAY = '2026-01-31';

/** A run of that day, as a question is asked about it. */
export const sampleRunAsked = (slo: Slo = {}, run = 'run-1'): AskedRun => ({ run, day: SAMPLE_DAY, slo });

/** One file for each run and deployment, as at the end of a run. */
export async function writeResults(
  store: FolderStore,
  rows: { cells?: readonly CellRow[]; deployments?: readonly DeploymentRow[] },
  day = SAMPLE_DAY,
): Promise<void> {
  await writeTable(store, 'cells', rows.cells ?? [], day);
  await writeTable(store, 'deployments', rows.deployments ?? [], day);
}

async function writeTable<T extends TableName>(
  store: FolderStore,
  table: T,
  rows: readonly TableRows[T][],
  day: string,
): Promise<void> {
  const files = Map.groupBy(rows, ({ run_id: run, deployment_id: deployment }) =>
    keyOf({ kind: 'results', table, day, run, deployment }),
  );
  for (const [key, rowsOfFile] of files) await store.put(key, toParquet(table, rowsOfFile));
}
