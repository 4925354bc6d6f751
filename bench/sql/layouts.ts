import { DuckDBInstance } from '@duckdb/node-api';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { DIALECT } from '#local/sql/dialect.ts';
import { openDuckDbSql } from '#local/sql/duckdb-sql.ts';
import { loadQueries } from '#local/sql/query-files.ts';

/** Ways to lay out the same rows, and to tell DuckDB of them. */
export const LAYOUTS = ['as stored', 'same files, ids from their columns', 'one sorted file'] as const;

export type Layout = (typeof LAYOUTS)[number];

export interface Asking {
  ask(sql: string, parameters: SqlValue[]): Promise<SqlRow[]>;
  close(): void;
}

/** @param oneFile holds the rows of all files. */
export async function openLayout(layout: Layout, root: string, oneFile: string): Promise<Asking> {
  const asking = layout === 'as stored' ? await openStored(root) : await openNaive(sourceOf(layout, root, oneFile));
  for (const { sql } of loadQueries().views) await asking.ask(sql, []);
  return asking;
}

const sourceOf = (layout: Layout, root: string, oneFile: string): string =>
  layout === 'one sorted file'
    ? `read_parquet('${oneFile}')`
    : `read_parquet('${root}/results/cells/dt=*/*.parquet', union_by_name = true, hive_partitioning = true, hive_types = {'dt': 'VARCHAR'})`;

async function openStored(root: string): Promise<Asking> {
  const sql = await openDuckDbSql(root);
  let statements = 0;
  return {
    ask: async (statement, parameters) => {
      statements += 1;
      const id = await sql.start({ sql: statement, parameters, token: `bench-${statements}` });
      for (;;) {
        const status = await sql.status(id);
        if (status.state === 'FAILED') throw new Error(status.reason);
        if (status.state === 'SUCCEEDED') break;
        await new Promise((next) => setTimeout(next, 1));
      }
      const rows: SqlRow[] = [];
      for await (const row of sql.rows(id)) rows.push(row);
      return rows;
    },
    close: () => sql.close(),
  };
}

async function openNaive(source: string): Promise<Asking> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const statement of ['SET enable_external_file_cache = false', ...DIALECT]) await connection.run(statement);
  await connection.run(`CREATE VIEW cells AS SELECT * FROM ${source}`);
  return {
    ask: async (statement, parameters) => {
      const reader = await connection.runAndReadAll(statement, parameters);
      return reader.getRowObjectsJS() as SqlRow[];
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** All rows in one file, in the order of time: as good as it gets, were there no next run to be added. */
export async function writeOneFile(root: string, oneFile: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const source = sourceOf('same files, ids from their columns', root, oneFile);
  await connection.run(`COPY (SELECT * FROM ${source} ORDER BY dt, run_id) TO '${oneFile}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}
