/** One column of a result table: the one source of row types, Parquet, Glue, DuckDB and docs/columns.md. */
export interface Column {
  /** snake_case, with the unit in it where there is one. */
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly meaning: string;
  readonly unit?: string;
  /** The only values a string column takes. */
  readonly values?: readonly string[];
}

/** `integer` has 32 bits, `bigint` 64; a timestamp is UTC with milliseconds, in rows an ISO string with `Z`. */
export type ColumnType = 'string' | 'integer' | 'bigint' | 'double' | 'boolean' | 'timestamp';

interface PlainValues {
  string: string;
  integer: number;
  /** Token counts fit: they are checked to be safe integers. */
  bigint: number;
  double: number;
  boolean: boolean;
  timestamp: string;
}

type PlainValue<C extends Column> = C extends { values: readonly (infer V)[] } ? V : PlainValues[C['type']];

type ValueOf<C extends Column> = C['nullable'] extends true ? PlainValue<C> | null : PlainValue<C>;

/** The row that a list of columns describes, as it is kept in JSON. */
export type RowOf<C extends readonly Column[]> = { [K in C[number] as K['name']]: ValueOf<K> };

/** Names as each reader spells a type. The Parquet ones are hyparquet-writer's: TIMESTAMP is millis without a zone. */
export const PARQUET_TYPE = {
  string: 'STRING',
  integer: 'INT32',
  bigint: 'INT64',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
} as const satisfies Record<ColumnType, string>;

export const GLUE_TYPE = {
  string: 'string',
  integer: 'int',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
} as const satisfies Record<ColumnType, string>;

export const DUCKDB_TYPE = {
  string: 'VARCHAR',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
} as const satisfies Record<ColumnType, string>;
