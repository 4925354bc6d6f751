import { setTimeout as delay } from 'node:timers/promises';
import type { Sql, SqlRow, SqlValue } from '#core/ports/sql.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

/** All rows of one statement. @throws StepBenchError QueryFailed, with the service's reason. */
export async function answered(
  sql: Sql,
  { parameters, ...query }: { sql: string; parameters: readonly SqlValue[]; token: string },
  lookEveryMs: number,
): Promise<SqlRow[]> {
  const id = await sql.start({ ...query, parameters: [...parameters] });
  let status = await sql.status(id);
  for (; status.state === 'RUNNING'; status = await sql.status(id)) await delay(lookEveryMs);
  if (status.state === 'FAILED') throw new StepBenchError(ErrorName.QueryFailed, status.reason);
  const rows: SqlRow[] = [];
  for await (const row of sql.rows(id)) rows.push(row);
  return rows;
}
