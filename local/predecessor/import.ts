import type { Clock } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Sql } from '#core/ports/sql.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { expandMatrix } from '#lambdas/expand-matrix/task.ts';
import { finalizeRun } from '#lambdas/finalize-run/task.ts';
import { publishReport } from '#lambdas/publish-report/task.ts';
import { queryPricePerformance } from '#lambdas/query-price-performance/task.ts';
import { endLease } from '#lambdas/store/lease.ts';
import { readDeployment, readPlan } from '#lambdas/store/plan.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { seedCells } from '#local/engine/calibration/seed.ts';
import { noQuotas } from '#local/prices/table-prices.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { PREDECESSOR_MATRIX } from './matrix.ts';
import { importedRow } from './measured.ts';
import { type PriceList, predecessorPrices } from './prices.ts';

export interface ImportOptions {
  prices: PriceList;
  judged: boolean;
}

/** The run that such an import is. */
const importedRunId = ({ prices, judged }: ImportOptions): string =>
  ['predecessor-2025-08', ...(prices === 'today' ? ['today'] : []), ...(judged ? ['judged'] : [])].join('-');

interface ImportPorts {
  store: ObjectStore;
  sql: Sql;
  clock: Clock;
}

/**
 * Stores the predecessor's cells as a run of their own, by the tasks that store any run: planned, its rows recorded,
 * finalized, asked and reported. Doing it again changes nothing.
 * @returns the run's id.
 */
export async function importPredecessor(ports: ImportPorts, options: ImportOptions): Promise<string> {
  const { store } = ports;
  const run = importedRunId(options);
  const execution = `import:${run}`;
  const prices = predecessorPrices(options.prices);
  const seeds = seedCells();
  const startedAt = seeds.map((seed) => seed.startedAt).sort()[0] as string;
  const executions = { isRunning: async () => false };

  const expand = expandMatrix({ ...ports, prices, quotas: noQuotas, executions }, { autoGenerator: 'genai-perf' });
  await expand({ matrix: PREDECESSOR_MATRIX, requestedRun: run, execution, startedAt });
  const plan = await readPlan(store, run);
  for (const id of plan.deploymentIds) {
    const deployment = await readDeployment(store, run, id);
    for (const cell of deployment.cells) {
      const seed = seeds.find(
        (one) => one.instanceType === deployment.instanceType && one.concurrency === cell.concurrency,
      );
      const price = deployment.prices[0];
      if (seed === undefined || price === undefined) throw new RangeError(`nothing was measured of ${cell.id}`);
      await recordRow(store, importedRow({ run, deployment, cell, seed, price, judged: options.judged }));
    }
  }
  await finalizeRun(ports)({ run, execution, failure: { error: '', cause: '' } });
  await answerQuestions(ports, run);
  await publishReport(ports, loadQueries())({ run });
  await endLease(ports, run, execution);
  return run;
}

async function answerQuestions(ports: ImportPorts, run: string): Promise<void> {
  const ask = queryPricePerformance(ports, loadQueries());
  let query: TaskInput<'QueryPricePerformance'>['query'] = { stage: 0, queryIds: [] };
  for (;;) {
    const answered = await ask({ run, query });
    if (answered.status === 'done') return;
    query = answered.query;
    await new Promise((next) => setTimeout(next, 5));
  }
}
