import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql, SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { ALL_QUESTIONS, type QuestionName } from '#core/results/questions.ts';
import { openDuckDbSql } from '#local/sql/duckdb-sql.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { openFolderStore } from '#local/store/folder-store.ts';
import { sqlContract } from '#test/contract/sql.ts';
import { answer } from '#test/local/sql/answer.ts';
import { SAMPLE_DAY, writeResults } from '#test/local/sql/results-store.ts';
import { arbitraryCellsOf, arbitraryDeployments } from '#test/queries/arbitrary-results.ts';
import { startTrino, type TrinoServer } from './support/server.ts';
import { createTables } from './support/tables.ts';
import { trinoSql } from './support/trino-sql.ts';

const STORES = 3;

const { views, questions } = loadQueries();

let trino: TrinoServer;
beforeAll(async () => {
  trino = await startTrino();
});
afterAll(() => trino?.stop());

interface Rows {
  cells: readonly CellRow[];
  deployments?: readonly DeploymentRow[];
}

let stores = 0;

/** A store with these rows, and Trino's tables over it. */
async function openStore(rows: Rows): Promise<{ sql: Sql; root: string }> {
  stores += 1;
  const name = `store_${stores}`;
  const store = await openFolderStore(join(trino.dataFolder, name));
  for (const table of ['cells', 'deployments']) await mkdir(join(store.root, 'results', table), { recursive: true });
  await writeResults(store, rows);
  const sql = trinoSql(trino.url, name);
  await createTables(sql, name, name);
  return { sql, root: store.root };
}

sqlContract('Trino', async (rows) => {
  const { sql } = await openStore(rows);
  return { sql, close: async () => {} };
});

describe('queries/ in Trino and in DuckDB', () => {
  const cells = arbitraryCellsOf({ minLength: 150, maxLength: 300 });
  const results = fc.record({ cells, deployments: arbitraryDeployments });
  // Not so tight that nothing is left to compare.
  const target = fc.constantFrom(1e12, 25_000);
  const targets = fc.record({ latency: target, ttft: target, itl: fc.constant(1e12) });

  it('give the same rows in the same order, whatever the store holds', async () => {
    const rowsOf: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(results, targets, async (rows, { latency, ttft, itl }) => {
        const { sql, root } = await openStore(rows);
        const duckdb = await openDuckDbSql(root);
        try {
          for (const { sql: view } of views) for (const engine of [sql, duckdb]) await answer(engine, view);
          for (const name of ALL_QUESTIONS) {
            const parameters = valuesFor(name, { latency, ttft, itl });
            const expected = await answer(duckdb, questions[name].sql, parameters);
            const found = await answer(sql, questions[name].sql, parameters);
            expectSameRows(name, found, expected);
            rowsOf[name] = (rowsOf[name] ?? 0) + found.length;
          }
        } finally {
          duckdb.close();
        }
      }),
      { numRuns: STORES, endOnFailure: true },
    );
    // An empty answer agrees with everything.
    for (const name of ALL_QUESTIONS) expect([name, rowsOf[name]]).not.toEqual([name, 0]);
  });

  it('refuse a statement outside of the subset that DuckDB would take', async () => {
    const { sql } = await openStore({ cells: [] });
    for (const statement of [
      'SELECT a FROM (VALUES 1, 2) AS t(a) QUALIFY row_number() OVER (ORDER BY a) = 1',
      "SELECT a FROM (VALUES 1) AS t(a) WHERE a = '1'",
      'SELECT a + 1 AS b FROM (VALUES 1) AS t(a) GROUP BY b',
    ]) {
      await expect(answer(sql, statement)).rejects.toThrow();
    }
  });
});

function valuesFor(name: QuestionName, targets: { latency: number; ttft: number; itl: number }): SqlValue[] {
  const values: Record<string, SqlValue> = {
    run_id: 'run-1',
    dt: SAMPLE_DAY,
    baseline_run_id: 'run-2',
    baseline_dt: SAMPLE_DAY,
    from_dt: '2026-01-01',
    to_dt: '2026-12-31',
    deployment_id: 'd1',
    request_latency_p95_ms: targets.latency,
    ttft_p95_ms: targets.ttft,
    itl_p95_ms: targets.itl,
    load_output_tokens_per_s: 12_345.5,
  };
  return questions[name].parameters.map((parameter) => values[parameter.name]!);
}

/** The last bits of a double depend on the order of a sum; all else is the same to the last character. */
function expectSameRows(question: string, found: SqlRow[], expected: SqlRow[]): void {
  const difference = (a: SqlValue | undefined, b: SqlValue | undefined): boolean =>
    typeof a === 'number' && typeof b === 'number'
      ? Math.abs(a - b) > 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
      : a !== b;
  const problems = found.flatMap((row, index) =>
    Object.keys({ ...row, ...expected[index] })
      .filter((name) => difference(row[name], expected[index]?.[name]))
      .map((name) => `row ${index}, ${name}: Trino ${row[name]}, DuckDB ${expected[index]?.[name]}`),
  );
  expect({ question, rows: found.length, problems }).toEqual({ question, rows: expected.length, problems: [] });
}
