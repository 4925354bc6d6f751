import type { Ports } from '#core/ports/ports.ts';
import type { SqlStatus } from '#core/ports/sql.ts';
import type { Queries } from '#core/results/questions.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
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
      const states = await Promise.all(queryIds.map((id) => sql.status(id)));
      if (states.some(({ state }) => state === 'RUNNING')) return { status: 'pending', query };
      for (const [index, statement] of under.entries()) {
        if (states[index]?.state === 'SUCCEEDED') await keepAnswer(ports, run, statement, queryIds[index] as string);
      }
      // Only now: one question that fails does not take the others' answers with it.
      refuseFailed(under, states);
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

function refuseFailed(statements: readonly Statement[], states: readonly SqlStatus[]): void {
  const failed = states.flatMap((status, index) =>
    status.state === 'FAILED' ? [`${statements[index]?.name}: ${status.reason}`] : [],
  );
  if (failed.length === 0) return;
  throw new StepBenchError(ErrorName.QueryFailed, failed.join('; '), {
    nextStep: 'The rows are safe: ask again with `stepbench query`.',
  });
}
