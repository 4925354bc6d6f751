import { NOTHING_SPENT } from '#core/plan/spending.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { keyOf } from '#core/results/layout.ts';
import { extrapolatedDeployments } from '#core/results/marks.ts';
import type { Queries } from '#core/results/questions.ts';
import { cellCounts, runStatus } from '#core/results/status.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { readAnswers } from '#lambdas/store/answer.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { readRows } from '#lambdas/store/rows.ts';
import { type AskGone, readAccount } from '#lambdas/store/spending.ts';
import type { Results, RunSummary } from './results.ts';

/** Answers questions in SQL; made when the first one is asked. */
export interface Asking {
  ask(sql: string, parameters: readonly SqlValue[]): Promise<SqlRow[]>;
  close(): void;
}

/** What a store has, wherever it is: a folder or a bucket. */
export function storeResults(
  store: ObjectStore,
  queries: Queries,
  startAsking: () => Promise<Asking>,
  askGone?: AskGone,
): Omit<Results, 'report'> & { asking: Asking['ask'] } {
  let asking: Promise<Asking> | undefined;
  const ask: Asking['ask'] = async (sql, parameters) => {
    asking ??= startAsking();
    return (await asking).ask(sql, parameters);
  };
  return {
    asking: ask,
    runs: () => summaries(store),
    started: async (run) => {
      const plan = await findPlan(store, run);
      if (plan === undefined) return undefined;
      const measured = (await readRows(store, run)).filter(({ status }) => status === 'measured');
      const account = await readAccount(store, run, new Date().toISOString(), askGone);
      return {
        matrix: plan.matrix,
        slo: plan.slo,
        day: plan.day,
        planned: plan,
        measuredCells: new Set(measured.map((row) => row.cell_id)),
        spent: account?.spent ?? NOTHING_SPENT,
      };
    },
    measured: async (run) => {
      const plan = await findPlan(store, run);
      if (plan === undefined) return undefined;
      const lease = await readLease(store, run);
      const ended = lease?.lease.releasedAt !== null;
      const rows = await readRows(store, run);
      const asked = Object.values(plan.cellsOf).flat();
      return { rows, asked: new Set(asked), ended, status: statusOf(ended, rows, asked) };
    },
    answers: async (run) => new Map((await readAnswers(store, run)).map(({ name, rows }) => [name, rows])),
    ask: (question, parameters) => ask(queries.questions[question].sql, parameters),
    locate: (key) => store.locate(key),
    close: () => {
      void asking?.then(({ close }) => close());
    },
  };
}

/** A cell that the stop left out says so, until resuming the run gives it another row. */
const wasStopped = (rows: readonly CellRow[]): boolean =>
  rows.some(({ status, error_name }) => status === 'failed' && error_name === ErrorName.Interrupted);

function statusOf(ended: boolean, rows: readonly CellRow[], asked: readonly string[]): RunSummary['status'] {
  if (!ended) return 'UNFINISHED';
  return wasStopped(rows) ? 'ABORTED' : runStatus(rows, asked);
}

/** A run that cannot be read is told, and hides no other. */
async function summaries(store: ObjectStore): Promise<RunSummary[]> {
  const found: RunSummary[] = [];
  for await (const run of store.folders('runs/')) {
    try {
      const summary = await summaryOf(store, run);
      if (summary !== undefined) found.push(summary);
    } catch (error) {
      if (!isOfItsContent(error)) throw error;
      found.push(
        unreadable(
          run,
          error instanceof TypeError ? `${store.locate(keyOf({ kind: 'plan', run }))} is no plan.` : error.message,
        ),
      );
    }
  }
  return found.sort((a, b) => b.lastStartedAt.localeCompare(a.lastStartedAt));
}

async function summaryOf(store: ObjectStore, run: string): Promise<RunSummary | undefined> {
  const plan = await findPlan(store, run);
  if (plan === undefined) return undefined;
  const rows = await readRows(store, run);
  const asked = Object.values(plan.cellsOf).flat();
  const lease = await readLease(store, run);
  return {
    run,
    name: plan.name,
    startedAt: plan.firstStartedAt ?? plan.startedAt,
    lastStartedAt: plan.startedAt,
    executions: plan.attempt,
    status: statusOf(lease?.lease.releasedAt !== null, rows, asked),
    cells: cellCounts(rows, asked),
    simulated: rows.length === 0 ? null : rows.some(({ simulated }) => simulated),
    extrapolated: rows.length === 0 ? null : extrapolatedDeployments(rows).size > 0,
  };
}

/** Not of the store as a whole: what stands there is not what this version writes. */
const isOfItsContent = (error: unknown): error is Error =>
  [ErrorName.SchemaVersion, ErrorName.StoreBroken, ErrorName.ArtifactsInvalid].some((name) => isError(error, name)) ||
  error instanceof TypeError;

const unreadable = (run: string, why: string): RunSummary => ({
  ...{ run, name: '', startedAt: '', lastStartedAt: '', executions: 0, status: 'UNREADABLE', unreadable: why },
  ...{ cells: { total: 0, valid: 0, invalid: 0, failed: 0 }, simulated: null, extrapolated: null },
});
