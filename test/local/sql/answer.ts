import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, SqlRow, SqlStatus, SqlValue } from '#core/ports/sql.ts';

let statements = 0;

/** Athena wants 32 characters at least. */
export const newToken = (): string =>
  `stepbench-test-${process.pid}-${Date.now()}-${String(++statements).padStart(8, '0')}`;

export async function ended(sql: Sql, id: string): Promise<SqlStatus> {
  for (;;) {
    const status = await sql.status(id);
    if (status.state !== 'RUNNING') return status;
    await sleep(1);
  }
}

/** Runs a statement to its end. @throws Error with the reason when it fails. */
export async function answer(sql: Sql, statement: string, parameters: SqlValue[] = []): Promise<SqlRow[]> {
  const id = await sql.start({ sql: statement, parameters, token: newToken() });
  const status = await ended(sql, id);
  if (status.state === 'FAILED') throw new Error(status.reason);
  const rows: SqlRow[] = [];
  for await (const row of sql.rows(id)) rows.push(row);
  return rows;
}
