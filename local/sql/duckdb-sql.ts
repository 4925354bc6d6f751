import { createHash } from 'node:crypto';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Sql, SqlQuery, SqlRow, SqlStatus } from '#core/ports/sql.ts';
import type { TableName } from '#core/results/layout.ts';
import { ConflictError, ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { DIALECT } from './dialect.ts';
import { checkStatement, lockdown } from './lockdown.ts';
import { hasResultFiles, TABLE_NAMES, tableView } from './result-tables.ts';
import { toSqlRow } from './values.ts';

export interface DuckDbSql extends Sql {
  close(): void;
}

interface Execution {
  query: SqlQuery;
  status: SqlStatus;
  rows: SqlRow[];
}

/** The cache takes a file for unchanged when it was written twice within a moment: finalizing again does that. */
const NO_CACHE = 'SET enable_external_file_cache = false';

/**
 * A query service over the results in a folder store, with the tables `cells` and `deployments`. Views and
 * answers live as long as this object. Statements run one after another, in the order in which they were
 * started: DuckDB spreads each over all cores, and a view is there for the statement that was started after it.
 *
 * @param root of the store; need not have results yet.
 */
export async function openDuckDbSql(root: string): Promise<DuckDbSql> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const statement of [NO_CACHE, ...DIALECT, ...lockdown(`${root}/results`)]) await connection.run(statement);

  const executions = new Map<string, Execution>();
  const tables = new Map<TableName, boolean>();
  let queue: Promise<void> = Promise.resolve();

  /** Results may have come since the last statement. */
  async function refreshTables(): Promise<void> {
    for (const table of TABLE_NAMES) {
      const hasFiles = await hasResultFiles(root, table);
      if (tables.get(table) === hasFiles) continue;
      await connection.run(tableView(root, table, hasFiles));
      tables.set(table, hasFiles);
    }
  }

  async function execute(execution: Execution): Promise<void> {
    try {
      await refreshTables();
      execution.rows = await answer(connection, execution.query);
      // Nothing is billed by what a local file has of bytes.
      execution.status = { state: 'SUCCEEDED', scannedBytes: 0 };
    } catch (error) {
      execution.status = { state: 'FAILED', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  const find = (queryId: string): Execution => {
    const execution = executions.get(queryId);
    if (execution === undefined) throw new StepBenchError(ErrorName.QueryFailed, `No query has the id ${queryId}.`);
    return execution;
  };

  return {
    start: async (query) => {
      const id = createHash('sha256').update(query.token).digest('hex').slice(0, 32);
      const before = executions.get(id);
      if (before !== undefined) {
        if (sameStatement(before.query, query)) return id;
        throw new ConflictError(`The token ${query.token} has started another statement.`);
      }
      const execution: Execution = { query, status: { state: 'RUNNING' }, rows: [] };
      executions.set(id, execution);
      queue = queue.then(() => execute(execution));
      return id;
    },

    status: async (queryId) => find(queryId).status,

    rows: async function* (queryId) {
      const { status, rows } = find(queryId);
      if (status.state !== 'SUCCEEDED') {
        throw new StepBenchError(ErrorName.QueryFailed, `Query ${queryId} has no rows: it is ${status.state}.`);
      }
      yield* rows;
    },

    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function answer(connection: DuckDBConnection, { sql, parameters = [] }: SqlQuery): Promise<SqlRow[]> {
  await checkStatement(connection, sql);
  const reader = await connection.runAndReadAll(sql, parameters);
  return reader.getRowObjectsJS().map(toSqlRow);
}

const sameStatement = (a: SqlQuery, b: SqlQuery): boolean =>
  a.sql === b.sql && JSON.stringify(a.parameters ?? []) === JSON.stringify(b.parameters ?? []);
