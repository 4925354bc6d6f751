export type SqlValue = string | number | boolean | null;
export type SqlRow = Record<string, SqlValue>;

export interface SqlQuery {
  /** One statement in the portable subset (docs/sql.md). */
  sql: string;
  /** For the `?` of the statement, in order. */
  parameters?: SqlValue[];
  /** The same token starts the statement once only. */
  token: string;
}

export type SqlStatus =
  | { state: 'RUNNING' }
  | { state: 'SUCCEEDED'; scannedBytes: number }
  | { state: 'FAILED'; reason: string };

/** A query service: start, ask, page. */
export interface Sql {
  /** @returns the id of the query. */
  start(query: SqlQuery): Promise<string>;
  status(queryId: string): Promise<SqlStatus>;
  /** All rows of a succeeded query; a statement without a result gives none. */
  rows(queryId: string): AsyncIterable<SqlRow>;
}
