import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, SqlQuery, SqlRow, SqlStatus, SqlValue } from '#core/ports/sql.ts';
import { ConflictError, ErrorName, StepBenchError } from '#core/workflow/errors.ts';

interface Page {
  nextUri?: string;
  columns?: { name: string; type: string }[];
  data?: unknown[][];
  error?: { message: string };
}

/** What makes small queries quick: they are not spread over anything. */
const SESSION = 'task_concurrency=1,enable_dynamic_filtering=false,join_distribution_type=BROADCAST';

/** A query service over a schema of a Trino, by its HTTP protocol. */
export function trinoSql(url: string, schema: string): Sql {
  const executions = new Map<string, { query: SqlQuery; status: SqlStatus; rows: SqlRow[] }>();
  const headers = {
    'X-Trino-User': 'test',
    'X-Trino-Catalog': 'hive',
    'X-Trino-Schema': schema,
    'X-Trino-Time-Zone': 'UTC',
    'X-Trino-Session': SESSION,
  };
  const find = (id: string) => {
    const execution = executions.get(id);
    if (execution === undefined) throw new StepBenchError(ErrorName.QueryFailed, `No query has the id ${id}.`);
    return execution;
  };

  /** A server that is up may still have to learn, within seconds, that its one node serves the catalog. */
  async function run(query: SqlQuery): Promise<SqlRow[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await runOnce(query);
      } catch (error) {
        if (!String(error).includes('No nodes available to run query') || tries === 60) throw error;
        await sleep(500);
      }
    }
  }

  async function runOnce({ sql, parameters = [] }: SqlQuery): Promise<SqlRow[]> {
    const body = parameters.length === 0 ? sql : `EXECUTE IMMEDIATE ${literal(sql)} USING ${parameters.map(literal)}`;
    let page = await read(fetch(`${url}/v1/statement`, { method: 'POST', headers, body }));
    const rows: SqlRow[] = [];
    for (;;) {
      if (page.error !== undefined) throw new Error(page.error.message);
      rows.push(...rowsOf(page));
      if (page.nextUri === undefined) return rows;
      page = await read(fetch(page.nextUri, { headers }));
    }
  }

  return {
    start: async (query) => {
      const id = createHash('sha256').update(query.token).digest('hex').slice(0, 32);
      const before = executions.get(id);
      if (before !== undefined) {
        if (before.query.sql === query.sql) return id;
        throw new ConflictError(`The token ${query.token} has started another statement.`);
      }
      const execution = { query, status: { state: 'RUNNING' } as SqlStatus, rows: [] as SqlRow[] };
      executions.set(id, execution);
      run(query).then(
        (rows) => {
          execution.rows = rows;
          execution.status = { state: 'SUCCEEDED', scannedBytes: 0 };
        },
        (error: Error) => {
          execution.status = { state: 'FAILED', reason: error.message };
        },
      );
      return id;
    },
    status: async (id) => find(id).status,
    rows: async function* (id) {
      const { status, rows } = find(id);
      if (status.state !== 'SUCCEEDED') {
        throw new StepBenchError(ErrorName.QueryFailed, `Query ${id} has no rows: it is ${status.state}.`);
      }
      yield* rows;
    },
  };
}

async function read(response: Promise<Response>): Promise<Page> {
  const { ok, status, text } = await response.then(async (got) => ({
    ok: got.ok,
    status: got.status,
    text: await got.text(),
  }));
  if (!ok) throw new Error(`Trino answered ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Page;
}

/** As Athena takes parameters: as the text of literals. */
function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? `${value}` : value.toExponential();
  return String(value);
}

/** The answer to a statement without one is `true`, or nothing. */
const rowsOf = ({ columns = [], data = [] }: Page): SqlRow[] =>
  columns[0]?.name === 'result' && columns.length === 1
    ? []
    : data.map((values) =>
        Object.fromEntries(columns.map(({ name, type }, index) => [name, asSqlValue(type, values[index])])),
      );

function asSqlValue(type: string, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (type.startsWith('timestamp')) return `${String(value).replace(' ', 'T')}Z`;
  if (typeof value === 'object') return JSON.stringify(value);
  return value as SqlValue;
}
