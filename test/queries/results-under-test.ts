import fc from 'fast-check';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { QuestionName } from '#core/results/questions.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { answer } from '#test/local/sql/answer.ts';
import { openResults, type ResultsStore, SAMPLE_DAY } from '#test/local/sql/results-store.ts';

const { views, questions } = loadQueries();

export interface ResultsUnderTest extends ResultsStore {
  /** Takes all results away. */
  empty(): Promise<void>;
  ask(question: QuestionName, parameters?: readonly (SqlValue | undefined)[]): Promise<SqlRow[]>;
  /** Checks an answer on many random stores. */
  over<T>(rows: fc.Arbitrary<T>, write: (rows: T) => Promise<void>, check: (rows: T) => Promise<void>): Promise<void>;
}

/** A store whose questions are asked in DuckDB. */
export async function openResultsUnderTest(numRuns: number): Promise<ResultsUnderTest> {
  const results = await openResults();
  for (const view of views) await answer(results.sql, view.sql);
  const empty = async () => {
    for await (const { key } of results.store.list('results/')) await results.store.delete(key);
  };
  return {
    ...results,
    empty,
    ask: (question, parameters = ['run-1', SAMPLE_DAY]) =>
      answer(results.sql, questions[question].sql, parameters as readonly SqlValue[] as SqlValue[]),
    over: (rows, write, check) =>
      fc.assert(
        fc.asyncProperty(rows, async (generated) => {
          await empty();
          await write(generated);
          await check(generated);
        }),
        // A failure is told before the test's own time is over, however small it has been made by then.
        { numRuns, interruptAfterTimeLimit: 25_000 },
      ),
  };
}
