import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SqlValue } from '#core/ports/sql.ts';
import { ALL_QUESTIONS, parametersOf, QUESTIONS } from '#core/results/questions.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { sqlContract } from '#test/contract/sql.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { answer } from './answer.ts';
import { openResults, type ResultsStore, SAMPLE_DAY, sampleRunAsked, writeResults } from './results-store.ts';

sqlContract('DuckDB', async (rows) => {
  const results = await openResults();
  await writeResults(results.store, rows);
  return results;
});

describe('DuckDB over a folder store', () => {
  let results: ResultsStore;
  beforeEach(async () => {
    results = await openResults("it's [a] sto*re?=x");
  });
  afterEach(() => results.close());

  const cells = () => answer(results.sql, 'SELECT cell_id FROM cells ORDER BY cell_id');

  it('answers over a store without results: no rows, and no error', async () => {
    const { views, questions } = loadQueries();
    expect(await cells()).toEqual([]);
    for (const view of views) expect(await answer(results.sql, view.sql)).toEqual([]);
    for (const name of ALL_QUESTIONS) {
      const query = questions[name];
      const parameters = query.parameters.map(({ type }) => (type === 'double' ? 1000 : 'run-1'));
      expect(await answer(results.sql, query.sql, parameters)).toEqual([]);
    }
  });

  it('sees results that came since the last statement, and that they are gone', async () => {
    expect(await cells()).toEqual([]);
    await writeResults(results.store, { cells: [measuredSample({ cell_id: 'a' })] });
    expect(await cells()).toEqual([{ cell_id: 'a' }]);
    await writeResults(results.store, { cells: [measuredSample({ cell_id: 'b', deployment_id: 'd1' })] }, '2026-02-01');
    expect(await cells()).toEqual([{ cell_id: 'a' }, { cell_id: 'b' }]);
    for await (const { key } of results.store.list('results/')) await results.store.delete(key);
    expect(await cells()).toEqual([]);
  });

  it('takes no figure from a file that was written anew a moment ago', async () => {
    const { views, questions } = loadQueries();
    const { sql } = questions.cells;
    for (const view of views) await answer(results.sql, view.sql);
    for (let turn = 0; turn < 9; turn += 1) {
      const attempt = turn % 3 === 2 ? 1 : 2;
      const first = measuredSample({ cell_id: 'a', attempt, valid: attempt === 2, streaming: attempt === 2 });
      const second = measuredSample({ cell_id: 'b', deployment_id: 'd1', attempt: 2 });
      for await (const { key } of results.store.list('results/')) await results.store.delete(key);
      await writeResults(results.store, { cells: [first, second] });
      const found = await answer(results.sql, sql, ['run-1', SAMPLE_DAY]);
      expect(found.map((row) => row.attempt)).toEqual([attempt, 2]);
    }
  });

  it('shows a view what came after it was made', async () => {
    await answer(results.sql, 'CREATE VIEW count_of_cells AS SELECT count(*) AS n FROM cells');
    expect(await answer(results.sql, 'SELECT n FROM count_of_cells')).toEqual([{ n: 0 }]);
    await writeResults(results.store, { cells: [measuredSample()] });
    expect(await answer(results.sql, 'SELECT n FROM count_of_cells')).toEqual([{ n: 1 }]);
  });

  it('reads a file that was written before a column was added', async () => {
    const old = parquetWriteBuffer({
      columnData: [
        { name: 'schema_version', data: [1], type: 'INT32' },
        { name: 'cell_id', data: ['old'], type: 'STRING' },
      ],
    });
    await results.store.put('results/cells/dt=2025-01-31/run-0.d0.parquet', new Uint8Array(old));
    const select = 'SELECT cell_id, model, dt FROM cells ORDER BY cell_id';
    expect(await answer(results.sql, select)).toEqual([{ cell_id: 'old', model: null, dt: '2025-01-31' }]);
    await writeResults(results.store, { cells: [measuredSample({ cell_id: 'new' })] });
    expect(await answer(results.sql, select)).toEqual([
      { cell_id: 'new', model: 'openai/gpt-oss-20b', dt: '2026-01-31' },
      { cell_id: 'old', model: null, dt: '2025-01-31' },
    ]);
  });

  it('names a file that is no Parquet', async () => {
    await results.store.put('results/cells/dt=2026-01-31/run-1.broken.parquet', 'not parquet at all');
    await expect(cells()).rejects.toThrow(/run-1\.broken\.parquet/);
  });

  it('opens the files of the run or the deployment that is asked about, and no other', async () => {
    const cellsOf = (run: string, deployment: string) =>
      measuredSample({ run_id: run, deployment_id: deployment, cell_id: `${run}-${deployment}` });
    await writeResults(results.store, { cells: [cellsOf('run-1', 'd0'), cellsOf('run-1', 'd1')] });
    await results.store.put('results/cells/dt=2026-01-31/run-2.d2.parquet', 'opening this one fails');
    for (const view of loadQueries().views) await answer(results.sql, view.sql);
    const { questions } = loadQueries();
    expect(await answer(results.sql, questions.cells.sql, ['run-1', SAMPLE_DAY])).toHaveLength(2);
    expect(await answer(results.sql, questions['price-performance'].sql, ['run-1', SAMPLE_DAY])).toHaveLength(2);
    expect(await answer(results.sql, questions.pareto.sql, ['run-1', SAMPLE_DAY])).toHaveLength(2);
    expect(await answer(results.sql, questions.history.sql, ['d1', '2026-01-31', '2026-01-31'])).toHaveLength(1);
    // Of another day nothing is opened, whatever it is that lies there.
    await results.store.put('results/cells/dt=2026-02-01/run-1.d0.parquet', 'opening this one fails');
    for (const name of QUESTIONS) {
      await answer(results.sql, questions[name].sql, parametersOf(questions[name], sampleRunAsked()) as SqlValue[]);
    }
    expect(await answer(results.sql, questions.history.sql, ['d0', '2026-01-01', '2026-01-31'])).toHaveLength(1);
    const select = 'SELECT cell_id FROM cells WHERE dt = ? ORDER BY cell_id';
    expect(await answer(results.sql, select, ['2026-01-30'])).toEqual([]);
    await expect(answer(results.sql, select, ['2026-01-31'])).rejects.toThrow(/run-2\.d2\.parquet/);
  });

  it.each([
    ['reads a file of the machine', "SELECT * FROM read_text('/etc/hostname')"],
    ['reads the rest of the store', "SELECT * FROM read_text('ROOT/store.json')"],
    ['climbs out of the results', "SELECT * FROM read_text('ROOT/results/../store.json')"],
    ['lists a folder', "SELECT * FROM glob('/etc/*')"],
    ['fetches from the net', "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')"],
    ['writes a file into the results', "COPY (SELECT 1 AS a) TO 'ROOT/results/x.csv'"],
    ['writes a file by way of EXPLAIN', "EXPLAIN ANALYZE COPY (SELECT 1 AS a) TO 'ROOT/results/x.csv'"],
    ['writes a file outside', "COPY (SELECT 1 AS a) TO '/tmp/stepbench-escape.csv'"],
    ['attaches a database', "ATTACH 'ROOT/results/x.db'"],
    ['exports all', "EXPORT DATABASE 'ROOT/results/x'"],
    ['unlocks itself', 'SET enable_external_access = true'],
    ['installs an extension', 'INSTALL httpfs'],
    ['makes a table', 'CREATE TABLE t AS SELECT 1 AS a'],
    ['inserts', 'WITH a AS (SELECT 1 AS b) INSERT INTO cells SELECT b FROM a'],
    ['hides a second statement', 'SELECT 1; DROP VIEW cells'],
    ['hides a statement behind a comment', '/* CREATE VIEW v AS SELECT 1 */ CREATE TABLE t (a integer)'],
    ['changes what a macro means', 'CREATE OR REPLACE MACRO date_diff(a, b, c) AS 1'],
  ])('refuses a statement that %s', async (_, statement) => {
    const root = results.store.root.replaceAll("'", "''");
    await mkdir(join(results.store.root, 'results'), { recursive: true });
    await writeFile(join(results.store.root, 'results', 'kept'), '');
    await expect(answer(results.sql, statement.replaceAll('ROOT', root))).rejects.toThrow();
    expect(await readdir(join(results.store.root, 'results'))).toEqual(['kept']);
    expect(await readdir(dirname(results.store.root))).toHaveLength(1);
    expect(await cells()).toEqual([]);
  });
});
