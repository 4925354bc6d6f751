import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseQueryFile, type QueryFile } from '#core/results/query-file.ts';
import { ALL_QUESTIONS, parametersOf, QUESTIONS, VIEWS } from '#core/results/questions.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { answer } from '#test/local/sql/answer.ts';
import { openResults, type ResultsStore, sampleRunAsked } from '#test/local/sql/results-store.ts';
import { portabilityProblems } from './portable-subset.ts';

const { views, questions } = loadQueries();
const folder = join(import.meta.dirname, '../../queries');
const namesIn = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe('the files of queries/', () => {
  let results: ResultsStore;
  beforeAll(async () => {
    results = await openResults();
    for (const view of views) await answer(results.sql, view.sql);
  });
  afterAll(() => results.close());

  it('are all known, and all there', () => {
    expect(namesIn(folder).sort()).toEqual(ALL_QUESTIONS.map((name) => `${name}.sql`).sort());
    expect(namesIn(join(folder, 'views')).sort()).toEqual(VIEWS.map((name) => `${name}.sql`).sort());
  });

  it.each(ALL_QUESTIONS)('%s answers with the columns and types that its head names', async (name) => {
    const { sql, columns } = questions[name];
    const inline = sql.replaceAll('?', 'NULL');
    const described = await answer(results.sql, `DESCRIBE SELECT * FROM (${inline}) AS answer`);
    const types: Record<string, string> = { VARCHAR: 'string' };
    expect(
      described.map((row) => [
        row.column_name,
        types[String(row.column_type)] ?? String(row.column_type).toLowerCase(),
      ]),
    ).toEqual(columns.map(({ name, type }) => [name, type]));
  });

  it.each(QUESTIONS)('%s is asked with nothing but what a run says', (name) => {
    expect(questions[name].parameters.length).toBeGreaterThan(0);
    expect(parametersOf(questions[name], sampleRunAsked())).not.toContain(undefined);
  });

  it.each(ALL_QUESTIONS)('%s shows what was simulated, and what of that extrapolated', (name) => {
    const names = questions[name].columns.map((column) => column.name);
    expect(names).toContain('simulated');
    expect(names).toContain('extrapolated');
  });

  it.each(ALL_QUESTIONS.filter((name) => questions[name].columns.some((column) => column.name.includes('usd'))))(
    '%s shows the price behind its dollars, with source and date',
    (name) => {
      const names = questions[name].columns.map((column) => column.name);
      for (const part of ['price_usd_per_hour', 'fee_usd_per_hour', 'price_source', 'price_effective_at']) {
        expect(names).toContain(part);
      }
    },
  );

  it.each([...views, ...Object.values(questions)])('$name keeps to the portable subset', ({ sql }: QueryFile) => {
    expect(portabilityProblems(sql)).toEqual([]);
  });
});

describe('the guard of the portable subset', () => {
  it.each([
    'SELECT a, row_number() OVER (ORDER BY a) AS n FROM t QUALIFY n = 1 ORDER BY a',
    'SELECT a, count(*) FROM t GROUP BY ALL ORDER BY a',
    "SELECT string_agg(a, ',') AS s FROM t ORDER BY s",
    'SELECT arg_max(a, b) AS m FROM t ORDER BY m',
    'SELECT percentile_cont(0.5e0) WITHIN GROUP (ORDER BY a) AS m FROM t ORDER BY m',
    'SELECT approx_percentile(a, 5e-1) AS m FROM t ORDER BY m',
    'SELECT a * 1.0 AS b FROM t ORDER BY b',
    'SELECT a / b AS c FROM t ORDER BY c',
    'SELECT a::integer AS b FROM t ORDER BY b',
    'SELECT * EXCLUDE (a) FROM t ORDER BY b',
    'SELECT cast(duration_s AS integer) AS s FROM t ORDER BY s',
    'SELECT a FROM t',
    'SELECT a FROM (SELECT a FROM t ORDER BY a)',
    'SELECT a FROM t ORDER BY a;',
  ])('finds fault with %s', (sql) => {
    expect(portabilityProblems(sql)).not.toEqual([]);
  });

  it('is not misled by strings and comments', () => {
    expect(portabilityProblems("SELECT 'qualify 1.0 / x;' AS a -- group by all\nFROM t ORDER BY a")).toEqual([]);
  });
});

describe('the head of a query file', () => {
  const head = ['-- What is it?', '--', '-- A note.', '-- Another.', '--'];
  const text = (...lines: string[]) => [...head, ...lines].join('\n');

  it('says what the query answers, takes and gives', () => {
    const file = parseQueryFile(
      'x',
      text(
        '-- parameters:',
        '--   run_id (string): the run',
        '-- columns:',
        '--   a (double, tokens/s): speed',
        "SELECT '?', a -- ?",
        'FROM t WHERE r = ?',
        '',
      ),
    );
    expect(file).toEqual({
      name: 'x',
      question: 'What is it?',
      notes: 'A note.\nAnother.',
      parameters: [{ name: 'run_id', type: 'string', unit: null, meaning: 'the run' }],
      columns: [{ name: 'a', type: 'double', unit: 'tokens/s', meaning: 'speed' }],
      sql: "SELECT '?', a -- ?\nFROM t WHERE r = ?",
    });
  });

  it.each([
    ['asks nothing', '-- It is.\nSELECT 1'],
    ['is not there', 'SELECT 1'],
    ['has no statement after it', text()],
    ['counts parameters wrongly', text('SELECT ?')],
    ['has a field that says nothing', text('-- columns:', '--   a', 'SELECT 1')],
  ])('is refused when it %s', (_, wrong) => {
    expect(() => parseQueryFile('x', wrong)).toThrow(SyntaxError);
  });
});
