import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { athenaSql } from '#aws/sql/athena-sql.ts';
import type { Sql } from '#core/ports/sql.ts';
import { sqlContract } from '#test/contract/sql.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { answer, ended, newToken } from '#test/local/sql/answer.ts';
import { openResults, writeResults } from '#test/local/sql/results-store.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { startAthena } from '../stub/athena.ts';

const config = { workgroup: 'stepbench', database: 'stepbench_results' };

/** Athena's wire format, with DuckDB below. */
async function openAthena(rows: Parameters<typeof writeResults>[1] = {}) {
  const results = await openResults();
  await writeResults(results.store, rows);
  const stub = await startAthena(results.sql, config);
  const client = new AthenaClient(clientOf(stub.url));
  return {
    sql: athenaSql(client, config),
    client,
    stub,
    close: async () => {
      client.destroy();
      await stub.close();
      await results.close();
    },
  };
}

sqlContract('Athena', openAthena);

describe('Athena', () => {
  let opened: Awaited<ReturnType<typeof openAthena>>;
  let sql: Sql;
  beforeAll(async () => {
    opened = await openAthena({ cells: [measuredSample({ cell_id: "it's '' ; --" })] });
    sql = opened.sql;
  });
  afterAll(() => opened.close());

  it('says what a statement scanned', async () => {
    const id = await sql.start({ sql: 'SELECT 1 AS one', token: newToken() });
    expect(await ended(sql, id)).toEqual({ state: 'SUCCEEDED', scannedBytes: 1234 });
  });

  it('takes tokens of any length, and never the same for two', async () => {
    const short = await sql.start({ sql: 'SELECT 1 AS one', token: 'short' });
    expect(await sql.start({ sql: 'SELECT 1 AS one', token: 'short' })).toBe(short);
    const long = await sql.start({ sql: 'SELECT 1 AS one', token: 'long'.repeat(100) });
    expect(long).not.toBe(short);
  });

  it('calls another statement under a used token a conflict', async () => {
    const token = newToken();
    await sql.start({ sql: 'SELECT 1 AS one', token });
    await expect(sql.start({ sql: 'SELECT 2 AS two', token })).rejects.toMatchObject({ name: 'Conflict' });
  });

  it('names the workgroup that is not there', async () => {
    const other = athenaSql(opened.client, { ...config, workgroup: 'elsewhere' });
    await expect(other.start({ sql: 'SELECT 1', token: newToken() })).rejects.toMatchObject({
      name: 'QueryFailed',
      message: expect.stringContaining('workgroup elsewhere'),
    });
  });

  it.each([["it's '' ; --"], ["' OR 1 = 1 --"], ['?'], ['größer 𐍈']])(
    'finds by the string %s what has it, and nothing else',
    async (value) => {
      const rows = await answer(sql, 'SELECT cell_id FROM cells WHERE cell_id = ?', [value]);
      expect(rows).toEqual(value === "it's '' ; --" ? [{ cell_id: value }] : []);
    },
  );

  it('refuses a value that no literal stands for before Athena is asked', async () => {
    const asked = opened.stub.requests.length;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 'x'.repeat(1023)]) {
      await expect(sql.start({ sql: 'SELECT ?', parameters: [value], token: newToken() })).rejects.toMatchObject({
        name: 'QueryFailed',
      });
    }
    expect(opened.stub.requests).toHaveLength(asked);
  });
});

describe('Athena of moto', () => {
  let moto: MotoServer;
  let client: AthenaClient;
  beforeAll(async () => {
    moto = await startMoto();
    client = new AthenaClient(clientOf(moto.url));
    await client.send(new CreateWorkGroupCommand({ Name: config.workgroup }));
  });
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  it('runs a statement from its queue to its rows', async () => {
    await moto.tell('state-manager/set-transition', {
      model_name: 'athena::execution',
      transition: { progression: 'manual', times: 1 },
    });
    const row = (...values: string[]) => ({ Data: values.map((VarCharValue) => ({ VarCharValue })) });
    const columns = [
      { Name: 'name', Type: 'varchar' },
      { Name: 'n', Type: 'bigint' },
      { Name: 'at', Type: 'timestamp' },
    ];
    await moto.tell('static/athena/query-results', {
      region: 'us-east-1',
      results: [{ rows: [row('name', 'n', 'at'), row('a', '1', '2026-01-31 10:00:00.000')], column_info: columns }],
    });
    const sql = athenaSql(client, config);
    const id = await sql.start({ sql: 'SELECT * FROM t', token: newToken() });
    expect(await sql.status(id)).toEqual({ state: 'RUNNING' });
    expect(await ended(sql, id)).toMatchObject({ state: 'SUCCEEDED' });
    const rows: unknown[] = [];
    for await (const found of sql.rows(id)) rows.push(found);
    expect(rows).toEqual([{ name: 'a', n: 1, at: '2026-01-31T10:00:00.000Z' }]);
  });
});
