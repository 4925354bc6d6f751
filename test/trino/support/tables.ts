import type { Sql } from '#core/ports/sql.ts';
import type { Column, ColumnType } from '#core/results/column.ts';
import { PARTITION_COLUMN } from '#core/results/shared-columns.ts';
import { TABLES } from '#core/results/tables.ts';
import { answer } from '#test/local/sql/answer.ts';

const TRINO_TYPE: Record<ColumnType, string> = {
  string: 'varchar',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp(3)',
};

/** The days that tests write results of. */
const DAYS = ['2026-01-01', '2026-03-31'];

/**
 * The tables over a store's files, with their partitions projected as Athena's are: nobody registers a day.
 * @param store as the catalog sees its folder, below `local:///`.
 */
export async function createTables(sql: Sql, schema: string, store: string): Promise<void> {
  await answer(sql, `CREATE SCHEMA hive.${schema} WITH (location = 'local:///schemas/${schema}')`);
  for (const [table, { columns }] of Object.entries(TABLES)) {
    const typed = columns.map(({ name, type }: Column) => `${name} ${TRINO_TYPE[type]}`);
    const day = `${PARTITION_COLUMN.name} varchar WITH (
      partition_projection_type = 'date', partition_projection_format = 'yyyy-MM-dd',
      partition_projection_range = ARRAY['${DAYS.join("', '")}'],
      partition_projection_interval = 1, partition_projection_interval_unit = 'DAYS')`;
    await answer(
      sql,
      `CREATE TABLE hive.${schema}.${table} (${[...typed, day].join(', ')}) WITH (
        format = 'PARQUET', external_location = 'local:///${store}/results/${table}',
        partitioned_by = ARRAY['${PARTITION_COLUMN.name}'], partition_projection_enabled = true)`,
    );
  }
}
