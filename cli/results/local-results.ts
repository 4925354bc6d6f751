import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { cellCounts, runStatus } from '#core/results/status.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { readAnswers } from '#lambdas/store/answer.ts';
import { readRecords } from '#lambdas/store/deployment-record.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { readRows } from '#lambdas/store/rows.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { openFolderStore } from '#local/store/folder-store.ts';
import { CliError } from '../errors.ts';
import type { Results, RunSummary } from './results.ts';

/** Reads a store in a folder; makes none. */
export async function openLocalResults(storeDir: string): Promise<Results> {
  const folder = await stat(storeDir).catch(() => undefined);
  if (folder === undefined || !folder.isDirectory()) {
    throw new CliError('store-unknown', 'there is no store in this folder', {
      where: resolve(storeDir),
      nextStep: 'Name another with --store, or make one with: stepbench run examples/quickstart.json',
    });
  }
  const store = await openFolderStore(storeDir);
  const queries = loadQueries();
  let asking: Promise<Asking> | undefined;
  const database = () => {
    asking ??= startAsking(
      store.root,
      queries.views.map(({ sql }) => sql),
    );
    return asking;
  };
  return {
    runs: () => summaries(store),
    started: async (run) => {
      const plan = await findPlan(store, run);
      if (plan === undefined) return undefined;
      const measured = (await readRows(store, run)).filter(({ status }) => status === 'measured');
      const records = await readRecords(store, run);
      return {
        matrix: plan.matrix,
        slo: plan.slo,
        measuredCells: new Set(measured.map((row) => row.cell_id)),
        spentUsd: records.reduce((sum, record) => sum + record.total_usd, 0),
      };
    },
    measured: async (run) => {
      if ((await findPlan(store, run)) === undefined) return undefined;
      const lease = await readLease(store, run);
      return { rows: await readRows(store, run), ended: lease?.lease.releasedAt !== null };
    },
    answers: async (run) => new Map((await readAnswers(store, run)).map(({ name, rows }) => [name, rows])),
    ask: async (question, parameters) => (await database()).ask(queries.questions[question].sql, parameters),
    report: async (run) => {
      // What draws is loaded when something is to be drawn.
      const { writeReport } = await import('./write-report.ts');
      return writeReport(store, run, queries, async (sql, parameters) => (await database()).ask(sql, parameters));
    },
    locate: (key) => store.locate(key),
    close: () => {
      void asking?.then(({ close }) => close());
    },
  };
}

interface Asking {
  ask(sql: string, parameters: readonly SqlValue[]): Promise<SqlRow[]>;
  close(): void;
}

/** The database is loaded when the first question is asked: it takes longer than most commands. */
async function startAsking(root: string, views: readonly string[]): Promise<Asking> {
  const { openDuckDbSql } = await import('#local/sql/duckdb-sql.ts');
  const sql = await openDuckDbSql(root);
  let statements = 0;
  const ask: Asking['ask'] = async (statement, parameters) => {
    statements += 1;
    const id = await sql.start({ sql: statement, parameters: [...parameters], token: `stepbench-query-${statements}` });
    let status = await sql.status(id);
    for (; status.state === 'RUNNING'; status = await sql.status(id)) await new Promise((next) => setTimeout(next, 5));
    if (status.state === 'FAILED') throw new StepBenchError(ErrorName.QueryFailed, status.reason);
    const rows: SqlRow[] = [];
    for await (const row of sql.rows(id)) rows.push(row);
    return rows;
  };
  for (const view of views) await ask(view, []);
  return { ask, close: () => sql.close() };
}

/** A cell that the stop left out says so, until resuming the run gives it another row. */
const wasStopped = (rows: readonly CellRow[]): boolean =>
  rows.some(({ status, error_name }) => status === 'failed' && error_name === STOPPED);

/** The name with which the guard of a run finalizes one that was told to stop. */
const STOPPED = 'Interrupted';

async function summaries(store: ObjectStore): Promise<RunSummary[]> {
  const found: RunSummary[] = [];
  for await (const run of store.folders('runs/')) {
    const plan = await findPlan(store, run);
    if (plan === undefined) continue;
    const rows = await readRows(store, run);
    const asked = Object.values(plan.cellsOf).flat();
    const lease = await readLease(store, run);
    found.push({
      run,
      name: plan.name,
      startedAt: plan.startedAt,
      status: lease?.lease.releasedAt === null ? 'UNFINISHED' : wasStopped(rows) ? 'ABORTED' : runStatus(rows, asked),
      cells: cellCounts(rows, asked),
      simulated: rows.length === 0 ? null : rows.some(({ simulated }) => simulated),
    });
  }
  return found.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}
