import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sql } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { PARTITION_COLUMN } from '#core/results/shared-columns.ts';
import { TABLES } from '#core/results/tables.ts';
import { failedSample, measuredSample } from '#test/core/results/samples.ts';
import { answer, ended, newToken } from '#test/local/sql/answer.ts';

/** What the house rules promise to mean the same everywhere (docs/sql.md). */
const PORTABLE: [expression: string, value: unknown][] = [
  ['7 / 2', 3],
  ['-7 / 2', -3],
  ['7 % 4', 3],
  ['7e0 / nullif(2e0, 0e0)', 3.5],
  ['1e0 / nullif(0e0, 0e0)', null],
  ['cast(floor(2.5e0) AS integer)', 2],
  ['greatest(1, NULL)', null],
  ['least(2, 1)', 1],
  ["concat('a', NULL)", null],
  ["concat('a', 'b', 'c')", 'abc'],
  ["'a' || 'b'", 'ab'],
  ["regexp_replace('a1b2', '[0-9]', '-')", 'a-b-'],
  ["regexp_like('g5.8xlarge', '^g5')", true],
  ["regexp_extract('g5.8xlarge', '([0-9]+)xlarge', 1)", '8'],
  ["split_part('a,b,c', ',', 2)", 'b'],
  ["date_diff('day', timestamp '2026-01-01 23:00:00', timestamp '2026-01-02 01:00:00')", 0],
  ["date_diff('second', timestamp '2026-01-01 00:00:00', timestamp '2026-01-01 00:01:00')", 60],
  ["to_unixtime(timestamp '2026-01-01 00:00:00')", 1_767_225_600],
  ["date_format(timestamp '2026-01-31 10:00:00', '%Y-%m-%d')", '2026-01-31'],
  ['coalesce(NULL, 2)', 2],
  ['1 IS DISTINCT FROM NULL', true],
  ['cardinality(sequence(1, 3))', 3],
  ['json_extract_scalar(\'{"a": "x"}\', \'$.a\')', 'x'],
];

/** Every Sql passes this. `open` gives a service over these rows, on the day 2026-01-31. */
export function sqlContract(
  implementation: string,
  open: (rows: { cells: readonly CellRow[] }) => Promise<{ sql: Sql; close: () => Promise<void> }>,
): void {
  describe(`a query service: ${implementation}`, () => {
    const rows = [
      measuredSample({ cell_id: 'a', engine_generation_tokens: 9_007_199_254_740_991 }),
      measuredSample({ cell_id: 'b', concurrency: null, request_rate_per_s: 1.5, simulated: true }),
      failedSample({ cell_id: 'c', error_reason: "it's gone; -- größer" }),
    ];
    let sql: Sql;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ sql, close } = await open({ cells: rows }));
    });
    afterAll(() => close());

    it('gives every row back as it was written, with its day', async () => {
      const found = await answer(sql, 'SELECT * FROM cells ORDER BY cell_id');
      expect(found).toEqual(rows.map((row) => ({ ...row, dt: '2026-01-31' })));
    });

    it.each(Object.entries(TABLES))('has the columns of the column table in %s', async (table, { columns }) => {
      const names = [...columns, PARTITION_COLUMN].map((column) => column.name).join(', ');
      expect(await answer(sql, `SELECT ${names} FROM ${table} WHERE run_id = 'nobody'`)).toEqual([]);
    });

    it('puts parameters in the place of question marks, in order, as what they are', async () => {
      const found = await answer(
        sql,
        'SELECT cell_id FROM cells WHERE run_id = ? AND error_reason = ? AND output_tokens_per_s IS NULL AND gpu_count < ?',
        ['run-1', "it's gone; -- größer", 1.5],
      );
      expect(found).toEqual([{ cell_id: 'c' }]);
      expect(await answer(sql, 'SELECT cell_id FROM cells WHERE run_id = ?', ["x' OR '1' = '1"])).toEqual([]);
      expect(await answer(sql, 'SELECT cell_id FROM cells WHERE simulated = ?', [true])).toEqual([{ cell_id: 'b' }]);
    });

    it('starts a statement once for a token', async () => {
      const query = { sql: 'SELECT 1 AS one', token: newToken() };
      const id = await sql.start(query);
      expect(await sql.start(query)).toBe(id);
      expect(await sql.start({ ...query, token: newToken() })).not.toBe(id);
      await expect(sql.start({ ...query, sql: 'SELECT 2 AS two' })).rejects.toThrow();
    });

    it('says why a statement failed, and has no rows of it', async () => {
      const id = await sql.start({ sql: 'SELECT no_such_column FROM cells', token: newToken() });
      expect(await ended(sql, id)).toEqual({ state: 'FAILED', reason: expect.stringContaining('no_such_column') });
      await expect(sql.rows(id)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'QueryFailed' });
    });

    it('does not know a query that was not started', async () => {
      await expect(sql.status('nobody')).rejects.toMatchObject({ name: 'QueryFailed' });
      await expect(sql.rows('nobody')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'QueryFailed' });
    });

    it('keeps a view for the statements after it, and replaces it', async () => {
      const view = (what: string) => `-- a comment first\nCREATE OR REPLACE VIEW contract_view AS SELECT ${what} AS v`;
      expect(await answer(sql, view('1'))).toEqual([]);
      expect(await answer(sql, 'SELECT v FROM contract_view')).toEqual([{ v: 1 }]);
      await answer(sql, view("'two'"));
      expect(await answer(sql, 'SELECT v FROM contract_view')).toEqual([{ v: 'two' }]);
    });

    it('gives all rows of a long answer, in their order', async () => {
      const found = await answer(sql, 'SELECT n FROM UNNEST(sequence(1, 2500)) AS numbers(n) ORDER BY n');
      expect(found.map((row) => row.n)).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
    });

    it.each(PORTABLE)('means by %s what Trino means', async (expression, value) => {
      expect(await answer(sql, `SELECT ${expression} AS v`)).toEqual([{ v: value }]);
    });

    it('sorts nulls last, both ways', async () => {
      const order = async (direction: string) =>
        (await answer(sql, `SELECT v FROM (VALUES (1), (NULL), (2)) AS t(v) ORDER BY v ${direction}`)).map(
          (row) => row.v,
        );
      expect(await order('ASC')).toEqual([1, 2, null]);
      expect(await order('DESC')).toEqual([2, 1, null]);
    });
  });
}
