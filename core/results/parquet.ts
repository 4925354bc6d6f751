import { parquetWriteBuffer } from 'hyparquet-writer';
import { type Column, PARQUET_TYPE } from './column.ts';
import type { TableName } from './layout.ts';
import { rowReader } from './row-schema.ts';
import { TABLES, type TableRows } from './tables.ts';

const readers = { cells: rowReader(TABLES.cells.columns), deployments: rowReader(TABLES.deployments.columns) };

/**
 * The bytes of a Parquet file. Rows in any order give the same bytes, so that writing again overwrites an
 * object with itself. Every row is checked first: the writer itself would let NaN and undefined through.
 *
 * @throws StepBenchError for a row that does not fit the table, RangeError for no rows or two rows of one key.
 */
export function toParquet<T extends TableName>(table: T, rows: readonly TableRows[T][]): Uint8Array {
  const { columns, key } = TABLES[table];
  if (rows.length === 0) throw new RangeError(`a file of ${table} without rows`);
  const keyed = rows.map((row) => {
    const values = readers[table](row, `A row of ${table}`) as Record<string, unknown>;
    return { sortKey: key.map((name) => sortable(values[name])).join('\n'), values };
  });
  keyed.sort((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0));
  const twice = keyed.find(({ sortKey }, index) => sortKey === keyed[index - 1]?.sortKey);
  if (twice !== undefined) throw new RangeError(`two rows of ${table} for ${twice.sortKey.replaceAll('\n', ', ')}`);

  const buffer = parquetWriteBuffer({
    createdBy: 'stepbench',
    columnData: columns.map((column: Column) => ({
      name: column.name,
      type: PARQUET_TYPE[column.type],
      nullable: column.nullable,
      data: keyed.map(({ values }) => physical(column, values[column.name])),
    })),
  });
  return new Uint8Array(buffer);
}

/** Numbers in keys are attempts: with leading zeros they sort as numbers do. */
const sortable = (value: unknown): string =>
  typeof value === 'number' ? String(value).padStart(10, '0') : String(value);

function physical({ type }: Column, value: unknown): unknown {
  if (value === null) return null;
  if (type === 'bigint') return BigInt(value as number);
  if (type === 'timestamp') return new Date(value as string);
  // -0 in the JSON of a row reads back as 0: the bytes must not tell the two apart.
  return value === 0 ? 0 : value;
}
