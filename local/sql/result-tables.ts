import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Column, DUCKDB_TYPE } from '#core/results/column.ts';
import { type TableName, tablePrefix } from '#core/results/layout.ts';
import { PARTITION_COLUMN } from '#core/results/shared-columns.ts';
import { TABLES } from '#core/results/tables.ts';
import { literalPattern, quoted } from './quoting.ts';

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

const NAME = 'parse_filename(filename)';

/**
 * What a file's path says of all its rows (core/results/layout.ts). Read from there, a filter by run, deployment or
 * day is decided before a file is opened: of ten thousand files a question about one run opens that run's.
 */
const FROM_PATH: Readonly<Record<string, string>> = {
  run_id: `split_part(${NAME}, '.', 1)`,
  deployment_id: `split_part(${NAME}, '.', 2)`,
  [PARTITION_COLUMN.name]: `substr(parse_path(filename)[-2], ${PARTITION_COLUMN.name.length + 2})`,
};

/**
 * The view that makes a table of the store's files. The columns are always those of the column table, which are
 * told to the reader, so that it need not open every file to learn them: a file that was written before one of
 * them was added has nulls there, and a store without files has no rows.
 */
export function tableView(root: string, table: TableName, hasFiles: boolean): string {
  const columns: readonly Column[] = [...TABLES[table].columns, PARTITION_COLUMN];
  if (!hasFiles) {
    const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${DUCKDB_TYPE[type]}) AS ${name}`);
    return `CREATE OR REPLACE VIEW ${table} AS SELECT ${nulls} WHERE false`;
  }
  const values = columns.map(({ name }) => (name in FROM_PATH ? `${FROM_PATH[name]} AS ${name}` : name));
  const schema = columns
    .filter(({ name }) => !(name in FROM_PATH))
    .map(({ name, type }) => `'${name}': {name: '${name}', type: '${DUCKDB_TYPE[type]}', default_value: NULL}`);
  const pattern = quoted(`${literalPattern(join(root, tablePrefix(table)))}${PARTITION_COLUMN.name}=*/*.parquet`);
  return `CREATE OR REPLACE VIEW ${table} AS SELECT ${values}
    FROM read_parquet(${pattern}, schema = MAP {${schema}}, filename = true)`;
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
