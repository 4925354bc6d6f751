import type { Ports } from '#core/ports/ports.ts';
import type { Sql } from '#core/ports/sql.ts';
import type { Queries } from '#core/results/questions.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { readPlan } from '../store/plan.ts';
import { keepAnswer } from './keep-answer.ts';
import { type Statement, stagesOf } from './stages.ts';

type QueryPorts = Pick<Ports, 'sql' | 'store' | 'clock'>;

/**
 * The views, one after the other, then all questions at once. Each call looks after the statements under
 * way and starts the next ones, so that nobody waits inside a function.
 */
export const queryPricePerformance =
  (ports: QueryPorts, queries: Queries): TaskHandler<'QueryPricePerformance'> =>
  async ({ run, query }) => {
    const { sql, store } = ports;
    const plan = await readPlan(store, run);
    const stages = stagesOf(queries, plan);
    let { stage, queryIds } = query;
    const under = stages[stage] ?? [];
    if (queryIds.length > 0) {
      if (!(await allDone(sql, under, queryIds))) return { status: 'pending', query };
      for (const [index, statement] of under.entries()) {
        await keepAnswer(ports, run, statement, queryIds[index] as string);
      }
      stage += 1;
    }
    const next = stages[stage];
    if (next === undefined) return { status: 'done', query: { stage, queryIds: [] } };
    queryIds = [];
    for (const { name, sql: text, parameters } of next) {
      // Rows change when a run is resumed, and its deadline with them; within one execution neither does.
      queryIds.push(await sql.start({ sql: text, parameters, token: `${run}-${plan.deadline}-${name}` }));
    }
    return { status: 'pending', query: { stage, queryIds } };
  };

async function allDone(sql: Sql, statements: readonly Statement[], queryIds: readonly string[]): Promise<boolean> {
  const states = await Promise.all(queryIds.map((id) => sql.status(id)));
  for (const [index, status] of states.entries()) {
    if (status.state !== 'FAILED') continue;
    throw new StepBenchError(ErrorName.QueryFailed, `${statements[index]?.name}: ${status.reason}`, {
      nextStep: 'The rows are safe: ask again with `stepbench query`.',
    });
  }
  return states.every(({ state }) => state === 'SUCCEEDED');
}
