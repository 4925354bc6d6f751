import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Column, DUCKDB_TYPE } from '#core/results/column.ts';
import { type TableName, tablePrefix } from '#core/results/layout.ts';
import { PARTITION_COLUMN } from '#core/results/shared-columns.ts';
import { TABLES } from '#core/results/tables.ts';
import { literalPattern, quoted } from './quoting.ts';

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/**
 * The view that makes a table of the store's files. The columns are always those of the column table: a file
 * that was written before one of them was added has nulls there, and a store without files has no rows.
 */
export function tableView(root: string, table: TableName, hasFiles: boolean): string {
  const columns: readonly Column[] = [...TABLES[table].columns, PARTITION_COLUMN];
  const typed = columns.map(({ name, type }) => `CAST(${name} AS ${DUCKDB_TYPE[type]}) AS ${name}`);
  const empty = `SELECT ${columns.map(({ name, type }) => `CAST(NULL AS ${DUCKDB_TYPE[type]}) AS ${name}`)} WHERE false`;
  const pattern = quoted(`${literalPattern(join(root, tablePrefix(table)))}${PARTITION_COLUMN.name}=*/*.parquet`);
  const files = `SELECT * FROM read_parquet(${pattern}, union_by_name = true, hive_partitioning = true,
    hive_types = {'${PARTITION_COLUMN.name}': 'VARCHAR'})`;
  const rows = hasFiles ? `${empty} UNION ALL BY NAME ${files}` : empty;
  return `CREATE OR REPLACE VIEW ${table} AS SELECT ${typed} FROM (${rows})`;
}

/** read_parquet refuses a pattern that matches nothing. */
export async function hasResultFiles(root: string, table: TableName): Promise<boolean> {
  const folder = join(root, tablePrefix(table));
  const days = await readdir(folder).catch(() => []);
  for (const day of days.filter((name) => name.startsWith(`${PARTITION_COLUMN.name}=`))) {
    const files = await readdir(join(folder, day)).catch(() => []);
    if (files.some((name) => name.endsWith('.parquet'))) return true;
  }
  return false;
}
