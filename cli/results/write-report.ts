import { isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { parametersOf, QUESTIONS, type Queries } from '#core/results/questions.ts';
import { publishReport } from '#lambdas/publish-report/task.ts';
import { readAnswers, writeAnswer } from '#lambdas/store/answer.ts';
import { readPlan } from '#lambdas/store/plan.ts';
import { RealClock } from '#local/clock/real-clock.ts';
import { goneWithTheirProcess } from '#local/runtime/gone-with-their-process.ts';

/**
 * The report as the end of a run writes it, by the same task. A run that was never asked (it was imported, or cut
 * off), or that was before there was a question, is asked now, and the answers are kept.
 * @returns the key of the report.
 */
export async function writeReport(
  store: ObjectStore,
  run: string,
  queries: Queries,
  ask: (sql: string, parameters: readonly SqlValue[]) => Promise<SqlRow[]>,
): Promise<string> {
  const clock = new RealClock();
  const plan = await readPlan(store, run);
  const answered = new Set((await readAnswers(store, run)).map(({ name }) => name));
  for (const name of QUESTIONS) {
    if (answered.has(name)) continue;
    const query = queries.questions[name];
    const parameters = parametersOf(query, plan) as SqlValue[];
    const rows = await ask(query.sql, parameters);
    const { question } = query;
    await writeAnswer(store, { schema_version: 1, run, name, question, parameters, rows, answeredAt: isoTime(clock) });
  }
  return (await publishReport({ store, clock, askGone: goneWithTheirProcess }, queries)({ run })).reportKey;
}
