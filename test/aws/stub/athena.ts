import { randomUUID } from 'node:crypto';
import type { Sql, SqlRow, SqlStatus, SqlValue } from '#core/ports/sql.ts';
import { startJsonService } from './json-service.ts';
import { type Stub, StubError } from './service.ts';

interface Started {
  input: string;
  id: string;
  below: string;
  isView: boolean;
}

interface Workgroup {
  workgroup: string;
  database: string;
  /** Whether a statement scans more than the workgroup allows: Athena cancels it, and says so. */
  scansTooMuch?: (statement: string) => boolean;
}

/**
 * Athena as its API reference has it, with another query service below. It checks what a real one would refuse: the
 * workgroup and database, the token's length and its reuse for something else, parameters that are no literals. It
 * answers as Athena does: at most a thousand rows a page with the names of the columns as the first row of the
 * first page, every value as text, times without a zone, nothing for a view.
 */
export function startAthena(below: Sql, expected: Workgroup): Promise<Stub> {
  const byToken = new Map<string, Started>();
  const byId = new Map<string, Started>();
  const cutOff = new Set<string>();

  const find = (id: unknown): Started => {
    const found = byId.get(String(id));
    if (found === undefined) throw new StubError('InvalidRequestException', `QueryExecution ${id} was not found`);
    return found;
  };

  async function startQuery(input: Record<string, unknown>) {
    const { QueryString, ExecutionParameters, ClientRequestToken, WorkGroup, QueryExecutionContext } = input;
    const { Catalog, Database } = QueryExecutionContext as Record<string, string>;
    const sql = String(QueryString);
    const token = String(ClientRequestToken);
    if (WorkGroup !== expected.workgroup) {
      throw new StubError('InvalidRequestException', `WorkGroup ${WorkGroup} is not found.`);
    }
    if (Database !== expected.database || Catalog !== 'AwsDataCatalog') {
      throw new StubError('InvalidRequestException', `No database ${Catalog}.${Database}.`);
    }
    if (token.length < 32 || token.length > 128) {
      throw new StubError('InvalidRequestException', 'ClientRequestToken must have 32 to 128 characters.');
    }
    const before = byToken.get(token);
    if (before !== undefined) {
      if (before.input === JSON.stringify(input)) return { QueryExecutionId: before.id };
      throw new StubError('InvalidRequestException', 'Idempotent parameters do not match');
    }
    const statement = withParameters(sql, ExecutionParameters as string[] | undefined);
    const started: Started = {
      input: JSON.stringify(input),
      id: randomUUID(),
      below: await below.start({ sql: statement, token: randomUUID() }),
      isView: /\bVIEW\b/.test(sql),
    };
    byToken.set(token, started);
    if (expected.scansTooMuch?.(statement) === true) cutOff.add(started.id);
    byId.set(started.id, started);
    return { QueryExecutionId: started.id };
  }

  return startJsonService({
    signingName: 'athena',
    target: 'AmazonAthena',
    version: '1.1',
    operations: {
      StartQueryExecution: startQuery,
      GetQueryExecution: async ({ QueryExecutionId }) => {
        const { id, below: asked, isView } = find(QueryExecutionId);
        return {
          QueryExecution: {
            QueryExecutionId: id,
            StatementType: isView ? 'DDL' : 'DML',
            ...(cutOff.has(id) ? CUT_OFF : statusOf(await below.status(asked))),
          },
        };
      },
      GetQueryResults: async ({ QueryExecutionId, NextToken, MaxResults = 1000 }) => {
        const { below: asked, isView } = find(QueryExecutionId);
        if (isView) return { UpdateCount: 0, ResultSet: { Rows: [], ResultSetMetadata: { ColumnInfo: [] } } };
        const rows: SqlRow[] = [];
        for await (const row of below.rows(asked)) rows.push(row);
        return pageOf(rows, Number(NextToken ?? 0), Number(MaxResults));
      },
    },
  });
}

const LITERAL = /^(?:'(?:[^']|'')*'|-?\d+|-?\d(?:\.\d+)?E[+-]\d+|true|false|NULL)$/;

/** Parameters are put in as they stand, which is what makes a string without quotes the name of a column. */
function withParameters(sql: string, parameters: string[] = []): string {
  if (parameters.some((text) => !LITERAL.test(text))) {
    throw new StubError('InvalidRequestException', `Not literals: ${parameters.join(', ')}`);
  }
  let next = 0;
  return sql.replaceAll('?', () => parameters[next++] ?? '?');
}

const CUT_OFF = {
  Status: { State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' },
  Statistics: { DataScannedInBytes: 10_000_000_000 },
};

function statusOf(status: SqlStatus) {
  if (status.state === 'FAILED') return { Status: { State: 'FAILED', StateChangeReason: status.reason } };
  if (status.state === 'RUNNING') return { Status: { State: 'QUEUED' } };
  return { Status: { State: 'SUCCEEDED' }, Statistics: { DataScannedInBytes: 1234 } };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function typeOf(values: (SqlValue | undefined)[]): string {
  const value = values.find((one) => one !== null && one !== undefined);
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return TIME.test(value) ? 'timestamp' : 'varchar';
  if (value === undefined || value === null) return 'varchar';
  return values.every((one) => one === null || Number.isInteger(one)) ? 'bigint' : 'double';
}

const textOf = (value: SqlValue | undefined): { VarCharValue?: string } => {
  // A null has no value at all.
  if (value === null || value === undefined) return {};
  return {
    VarCharValue: typeof value === 'string' && TIME.test(value) ? value.replace('T', ' ').slice(0, -1) : String(value),
  };
};

function pageOf(rows: SqlRow[], from: number, size: number) {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((Name) => ({ Name, Type: typeOf(rows.map((row) => row[Name])) }));
  const all = [
    { Data: names.map((VarCharValue) => ({ VarCharValue })) },
    ...rows.map((row) => ({ Data: names.map((name) => textOf(row[name])) })),
  ];
  return {
    UpdateCount: 0,
    ResultSet: { Rows: all.slice(from, from + size), ResultSetMetadata: { ColumnInfo: columns } },
    ...(from + size < all.length ? { NextToken: String(from + size) } : {}),
  };
}
