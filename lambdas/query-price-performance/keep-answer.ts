import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { writeAnswer } from '../store/answer.ts';
import type { Statement } from './stages.ts';

/** Puts what a question was answered beside the run; a view answers nothing. */
export async function keepAnswer(
  { sql, store, clock }: Pick<Ports, 'sql' | 'store' | 'clock'>,
  run: string,
  { answers, question, parameters }: Statement,
  queryId: string,
): Promise<void> {
  if (answers === null) return;
  const rows: SqlRow[] = [];
  for await (const row of sql.rows(queryId)) rows.push(row);
  await writeAnswer(store, {
    schema_version: 1,
    run,
    name: answers,
    question,
    parameters,
    rows,
    answeredAt: isoTime(clock),
  });
}
