import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import { parametersOf, QUESTIONS, type Queries, type QuestionName } from '#core/results/questions.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { writeAnswer } from '../store/answer.ts';
import { readPlan, type StoredPlan } from '../store/plan.ts';

type QueryPorts = Pick<Ports, 'sql' | 'store' | 'clock'>;

/**
 * The views, then the questions, one statement after the other: each call starts one or looks after the one
 * under way, so that nobody waits inside a function.
 */
export const queryPricePerformance =
  (ports: QueryPorts, queries: Queries): TaskHandler<'QueryPricePerformance'> =>
  async ({ run, query: { step, queryId } }) => {
    const { sql, store, clock } = ports;
    const plan = await readPlan(store, run);
    const statements = statementsOf(queries, plan);
    const statement = statements[step];
    if (statement === undefined) return { status: 'done', query: { step, queryId: '' } };
    if (queryId === '') {
      const started = await sql.start({
        sql: statement.sql,
        parameters: statement.parameters,
        // The rows may have changed since the run was last resumed; within one execution they have not.
        token: `${run}-${plan.deadline}-${statement.name}`,
      });
      return { status: 'pending', query: { step, queryId: started } };
    }
    const status = await sql.status(queryId);
    if (status.state === 'RUNNING') return { status: 'pending', query: { step, queryId } };
    if (status.state === 'FAILED') {
      throw new StepBenchError(ErrorName.QueryFailed, `${statement.name}: ${status.reason}`, {
        nextStep: 'The rows are safe: ask again with `stepbench query`.',
      });
    }
    if (statement.answers !== null) {
      const rows: SqlRow[] = [];
      for await (const row of sql.rows(queryId)) rows.push(row);
      await writeAnswer(store, {
        schema_version: 1,
        run,
        name: statement.answers,
        question: queries.questions[statement.answers].question,
        parameters: statement.parameters,
        rows,
        answeredAt: isoTime(clock),
      });
    }
    const next = step + 1;
    return { status: next < statements.length ? 'pending' : 'done', query: { step: next, queryId: '' } };
  };

interface Statement {
  name: string;
  sql: string;
  parameters: SqlValue[];
  /** Null for a view. */
  answers: QuestionName | null;
}

const statementsOf = (queries: Queries, { run, slo }: StoredPlan): Statement[] => [
  ...queries.views.map((view) => ({ name: view.name, sql: view.sql, parameters: [], answers: null })),
  ...QUESTIONS.map((question) => ({
    name: question,
    sql: queries.questions[question].sql,
    parameters: parametersOf(question, run, slo),
    answers: question,
  })),
];
