import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { goneWithTheirProcess } from '#local/runtime/gone-with-their-process.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { openFolderStore } from '#local/store/folder-store.ts';
import { CliError } from '../errors.ts';
import { answered } from './answered.ts';
import type { Results } from './results.ts';
import { type Asking, storeResults } from './store-results.ts';

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
  const { asking, ...results } = storeResults(
    store,
    queries,
    () =>
      startAsking(
        store.root,
        queries.views.map(({ sql }) => sql),
      ),
    goneWithTheirProcess,
  );
  return {
    ...results,
    report: async (run) => {
      // What draws is loaded when something is to be drawn.
      const { writeReport } = await import('./write-report.ts');
      return store.locate(await writeReport(store, run, queries, asking));
    },
  };
}

/** DuckDB's words for a file that is no Parquet, or not all of one, name it. */
function brokenTable(error: unknown): CliError | undefined {
  const { message } = error as Error;
  const path = /(\/[^'"]*\.parquet)/.exec(message)?.[1];
  if (!isError(error, ErrorName.QueryFailed) || path === undefined) return undefined;
  const run = RUN_OF_FILE.exec(path)?.[1];
  return new CliError('store-broken', `a file of results cannot be read: ${message.split('\n')[0]}`, {
    where: path,
    nextStep: `Move it away${run === undefined ? '' : `, then have it made again from the rows of its run: stepbench run --resume ${run}`}`,
    cause: error,
  });
}

/** `<run>.<deployment>.parquet`, as the layout of the store names them. */
const RUN_OF_FILE = /\/([a-z0-9-]+)\.[^/]*\.parquet$/;

const LOOK_EVERY_MS = 5;

/** The database is loaded when the first question is asked: it takes longer than most commands. */
async function startAsking(root: string, views: readonly string[]): Promise<Asking> {
  const { openDuckDbSql } = await import('#local/sql/duckdb-sql.ts');
  const sql = await openDuckDbSql(root);
  let statements = 0;
  const ask: Asking['ask'] = (statement, parameters) => {
    statements += 1;
    const asked = { sql: statement, parameters, token: `stepbench-query-${statements}` };
    return answered(sql, asked, LOOK_EVERY_MS).catch((error: unknown) => {
      throw brokenTable(error) ?? error;
    });
  };
  for (const view of views) await ask(view, []);
  return { ask, close: () => sql.close() };
}
