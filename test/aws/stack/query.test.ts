import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectStack } from '#aws/stack/connect.ts';
import { s3Store } from '#aws/store/s3-store.ts';
import type { Sql } from '#core/ports/sql.ts';
import { Output } from '#core/stack/outputs.ts';
import { fakeCli, stepbench } from '#test/cli/fake-cli.ts';
import { OUTPUTS } from '#test/cli/stack/fake-stack.ts';
import { measuredSample } from '#test/core/results/samples.ts';
import { newWorld, virtualRun } from '#test/local/runtime/virtual-run.ts';
import { openResults, type ResultsStore, writeResults } from '#test/local/sql/results-store.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { startAthena } from '../stub/athena.ts';
import { startCloudFormation } from '../stub/cloudformation.ts';
import type { Stub } from '../stub/service.ts';
import { startSts } from '../stub/sts.ts';
import { pointedAt } from './pointed-at.ts';

const BUCKET = OUTPUTS[Output.resultsBucket] as string;
const WORKGROUP = OUTPUTS[Output.athenaWorkgroup] as string;
/** A run of two deployments of two cells, and one with more rows than Athena gives at once. */
const RUN = 'small';
const LARGE = 'large';
const ROWS = 1200;

let moto: MotoServer;
let results: ResultsStore;
beforeAll(async () => {
  moto = await startMoto();
  const s3 = new S3Client(clientOf(moto.url));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const bucket = s3Store(s3, BUCKET);
  results = await openResults();
  const { store } = newWorld();
  await virtualRun({ world: { ...newWorld(), store }, run: RUN });
  for await (const { key } of store.list('')) {
    const { body } = (await store.get(key))!;
    await bucket.put(key, body);
    if (key.startsWith('results/')) await results.store.put(key, body);
  }
  const plan = JSON.parse(new TextDecoder().decode((await store.get(`runs/${RUN}/plan.json`))?.body));
  await bucket.put(`runs/${LARGE}/plan.json`, JSON.stringify({ ...plan, run: LARGE }));
  const cells = Array.from({ length: ROWS }, (_, n) =>
    measuredSample({ run_id: LARGE, cell_id: `c${n}`, repeat: n + 1 }),
  );
  await writeResults(results.store, { cells }, plan.day);
  s3.destroy();
}, 120_000);
afterAll(async () => {
  await results.close();
  await moto.stop();
});

let athena: Stub;
let others: Stub[];
let below: Sql;
let scansTooMuch: (statement: string) => boolean;
beforeEach(async () => {
  below = results.sql;
  scansTooMuch = () => false;
  const service: Sql = {
    start: (query) => below.start(query),
    status: (id) => below.status(id),
    rows: (id) => below.rows(id),
  };
  const workgroup = { workgroup: WORKGROUP, database: OUTPUTS[Output.glueDatabase] as string };
  athena = await startAthena(service, { ...workgroup, scansTooMuch: (statement) => scansTooMuch(statement) });
  const cloudFormation = await startCloudFormation();
  cloudFormation.stacks.set('bench', { status: 'CREATE_COMPLETE', outputs: OUTPUTS });
  const sts = await startSts({ account: '111122223333', arn: 'arn:aws:iam::111122223333:user/me' });
  others = [cloudFormation, sts];
  pointedAt({ S3: moto.url, ATHENA: athena.url, CLOUDFORMATION: cloudFormation.url, STS: sts.url });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const stub of [athena, ...others]) await stub.close();
});

/** The command as a person types it, with nothing of AWS faked above its wire. */
async function query(...argv: string[]) {
  const cli = fakeCli({ connectStack });
  const code = await stepbench(cli, 'query', ...argv, '--stack', 'bench');
  return { code, out: cli.stdout.text(), told: cli.stderr.text() };
}
const json = async (...argv: string[]) => {
  const { code, out } = await query(...argv, '--json');
  return { code, ...JSON.parse(out) };
};

interface Started {
  QueryString: string;
  ExecutionParameters?: string[];
  WorkGroup: string;
}
/** Statements that Athena was told to start, but for those that make views. */
const started = (): Started[] =>
  athena.requests
    .filter(({ headers }) => headers['x-amz-target'] === 'AmazonAthena.StartQueryExecution')
    .map(({ body }) => JSON.parse(body) as Started)
    .filter(({ QueryString }) => !/CREATE OR REPLACE VIEW/i.test(QueryString));

describe('a question about a stack', () => {
  it('is answered by its Athena workgroup, which is told the views that no run has made yet', async () => {
    const { code, rows, run, parameters, columns } = await json('price-performance', '--run', RUN);
    expect({ code, run }).toEqual({ code: 0, run: RUN });
    expect(rows.map((row: { place: number }) => row.place)).toEqual([1, 2]);
    expect(Object.keys(rows[0])).toEqual(columns.map(({ name }: { name: string }) => name));
    expect(parameters).toMatchObject({ run_id: RUN, dt: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) });
    expect(new Set(started().map(({ WorkGroup }) => WorkGroup))).toEqual(new Set([WORKGROUP]));
    // Made once: the second question finds them.
    const before = athena.requests.length;
    const again = await json('price-performance', '--run', RUN);
    expect(again.rows).toEqual(rows);
    expect(athena.requests.length - before).toBeLessThan(6);
  });

  it('is told to people, and as CSV, with the same figures', async () => {
    const { rows } = await json('cells', '--run', RUN);
    const told = await query('cells', '--run', RUN);
    expect(told).toMatchObject({ code: 0, told: expect.not.stringContaining('rror') });
    expect(told.out).toContain('g5.16xlarge');
    const csv = await query('cells', '--run', RUN, '--csv');
    expect(csv.out.trim().split('\n')).toHaveLength(1 + rows.length);
  });

  it('is about the last run where none is named', async () => {
    expect((await json('cells')).run).toMatch(/^(small|large)$/);
  });

  it('has all its rows, over as many pages as Athena makes of them', async () => {
    const { rows } = await json('cells', '--run', LARGE);
    expect(rows).toHaveLength(ROWS);
    expect(new Set(rows.map(({ repeat }: { repeat: number }) => repeat)).size).toBe(ROWS);
    const pages = athena.requests.filter(({ headers }) => headers['x-amz-target'] === 'AmazonAthena.GetQueryResults');
    expect(pages.length).toBeGreaterThanOrEqual(2);
  });

  it('without rows is an answer, and says so', async () => {
    const args = ['fleet', '--run', RUN, '--param', 'load_output_tokens_per_s=100', '--param', 'ttft_p95_ms=0.001'];
    expect(await json(...args)).toMatchObject({ code: 0, rows: [], parameters: { ttft_p95_ms: 0.001 } });
    const told = await query(...args);
    expect(told.code).toBe(0);
    expect(told.out).not.toBe('');
  });
});

describe('the parameters of a question', () => {
  it('reach Athena as literals in the order of its file, numbers as DOUBLEs', async () => {
    const { code } = await json('fleet', '--run', RUN, '--param', 'load_output_tokens_per_s=1234.5');
    expect(code).toBe(0);
    const { ExecutionParameters } = started().at(-1)!;
    expect(ExecutionParameters?.[0]).toBe(`'${RUN}'`);
    expect(ExecutionParameters?.at(-1)).toBe('1.2345E+3');
  });

  it('are values, whatever they look like: none of them comes into a statement, and none is taken for a deployment', async () => {
    // But for NUL, which no argument of a process can hold.
    const hostile = fc.oneof(
      fc.constantFrom(
        ...["' OR 1 = 1 --", "'; DROP VIEW load_points; --", "it's '' ;", '?', '? ?', "\\'", '$1', ':p', '%', '_'],
        ...['größer 𐍈', "' UNION SELECT * FROM cells --", 'a\nb', '--', '/* */', "''", '"', 'NULL', '1e0'],
      ),
      fc.array(fc.constantFrom("'", '?', '\\', ';', '-', ' ', '%'), { maxLength: 30 }).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const before = started().length;
        const answer = await json('history', '--run', RUN, '--param', `deployment_id=${text}`);
        expect({ code: answer.code, error: answer.error.code }).toEqual({ code: 2, error: 'parameter-bad' });
        expect(started().slice(before)).toEqual([]);
      }),
      { numRuns: 12 },
    );
    expect((await json('cells', '--run', RUN)).rows).toHaveLength(4);
  }, 120_000);

  it.each([
    [['history', '--param', `deployment_id=${'x'.repeat(1100)}`], 'parameter-bad', 'no run of the store'],
    [['fleet', '--param', 'load_output_tokens_per_s=many'], 'parameter-bad', 'not a number'],
    [['fleet', '--param', 'load_output_tokens_per_s=Infinity'], 'parameter-bad', 'not a number'],
    [['fleet'], 'parameter-missing', 'load_output_tokens_per_s'],
    [['baseline', '--param', "baseline_run_id=' OR '1'='1"], 'run-id-bad', ''],
    [['baseline', '--param', 'baseline_run_id=nobody'], 'run-unknown', ''],
  ])('that cannot be asked are refused before Athena is (%#)', async ([question = '', ...rest], code, said) => {
    const answer = await query(question, '--run', RUN, ...rest, '--json');
    expect(answer.code).not.toBe(0);
    expect(JSON.parse(answer.out).error).toMatchObject({ code, message: expect.stringContaining(said) });
    expect(started()).toEqual([]);
  });
});

describe('a question that cannot be answered', () => {
  it('because the statement fails says why, in Athena’s words', async () => {
    below = {
      ...results.sql,
      status: async () => ({ state: 'FAILED', reason: 'HIVE_BAD_DATA: Malformed Parquet file' }),
    };
    const answer = await query('cells', '--run', RUN, '--json');
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.out).error).toMatchObject({
      code: 'query-failed',
      message: expect.stringContaining('HIVE_BAD_DATA'),
    });
  });

  it('because it would scan more than the workgroup allows says what to do', async () => {
    scansTooMuch = (statement) => /^\s*(--|SELECT|WITH)/i.test(statement);
    const answer = await query('cells', '--run', RUN, '--json');
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.out).error).toMatchObject({
      code: 'query-failed',
      message: expect.stringContaining('Bytes scanned limit'),
      next_step: expect.stringContaining('scannedMegabytesLimit'),
    });
  });

  it('because the workgroup is gone names it', async () => {
    others[0]!.close();
    const cloudFormation = await startCloudFormation();
    others[0] = cloudFormation;
    const outputs = { ...OUTPUTS, [Output.athenaWorkgroup]: 'elsewhere' };
    cloudFormation.stacks.set('bench', { status: 'CREATE_COMPLETE', outputs });
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', cloudFormation.url);
    const answer = await query('cells', '--run', RUN, '--json');
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.out).error.message).toContain('elsewhere');
  });

  it.each([
    [['cells', '--run', 'nobody'], 'run-unknown'],
    [['cellz', '--run', RUN], 'question-unknown'],
    [['cells', '--run', 'No Run'], 'run-id-bad'],
  ])('because there is no such thing asks Athena nothing: %j', async (argv, code) => {
    const answer = await query(...argv, '--json');
    expect(answer.code).toBe(2);
    expect(JSON.parse(answer.out).error.code).toBe(code);
    expect(started()).toEqual([]);
  });
});
