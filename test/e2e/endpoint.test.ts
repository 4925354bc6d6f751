import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { assertAnswered } from '#core/generators/endpoint-probe.ts';
import { generatorFor } from '#core/generators/generators.ts';
import { loadContainer } from '#core/generators/load-container.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { makePlan } from '#core/plan/plan.ts';
import { quote } from '#core/pricing/quote.ts';
import { LOAD_INSTANCE_TYPE } from '#core/pricing/shared-rates.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { judge } from '#core/results/validity.ts';
import { ensureGenerator, type InstalledGenerator } from '#local/generators/ensure-generator.ts';
import { startLocalRun } from '#local/runtime/start.ts';
import { type Misbehaviour, startMisbehavingServer } from '../local/endpoint/misbehaving-server.ts';
import { runsHere, startLlamaServer } from './llama-server/llama-server.ts';
import { artifactsIn, runLoad } from './run-load.ts';

const KEY = 'Bearer sk-q"7$e\\never-to-be-seen';
const TEAM = 'blue-never-to-be-seen';

let generator: InstalledGenerator;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  generator = await ensureGenerator({ name: 'aiperf', onProgress: (message) => console.info(message) });
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const later = <T extends { close(): Promise<unknown> }>(server: T): T => {
  cleanUps.push(() => server.close());
  return server;
};

const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'stepbench-endpoint-'));
  cleanUps.push(() => rm(path, { recursive: true, force: true }));
  return path;
};

const matrixOf = (endpoint: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  name: 'mine',
  matrix: { instanceType: ['endpoint'], concurrency: [2] },
  defaults: { model: 'tiny', isl: 16, osl: 8 },
  load: { requestCount: 20, warmupRequestCount: 4, maxCellSeconds: 90 },
  endpoints: { endpoint },
  budgetUsd: 20,
  ...more,
});

function planned(endpoint: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const read = readMatrix(matrixOf(endpoint, more));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const plan = makePlan(read.matrix, {
    run: 'r',
    startedAt: new Date().toISOString(),
    quotes: [quote({ instanceType: LOAD_INSTANCE_TYPE, region: 'us-east-1', capacityType: 'on-demand' })],
    generator: 'aiperf',
  });
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  return plan.plan.deployments[0]!;
}

/** One load, as the load Job has it, and what RecordResult makes of its files. */
async function load(endpoint: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const deployment = planned(endpoint, more);
  const cell = deployment.cells[0]!;
  const container = loadContainer(deployment, cell, 'hub');
  const run = await runLoad(
    { command: [...container.command!], args: [...container.args!], env: { ...container.env } },
    {
      engineUrl: deployment.endpoint!.url,
      env: { ...generator.env, HEADER_FROM_KEY: KEY, HEADER_FROM_TEAM: TEAM },
    },
  );
  cleanUps.push(() => rm(run.folder, { recursive: true, force: true }));
  const files = artifactsIn(run.folder);
  const outcome = async () => {
    await assertAnswered(files, deployment.endpoint!, deployment.model, cell);
    const measurement = await generatorFor(deployment.generator).parse(files);
    return { measurement, reasons: judge(measurement, cell).reasons };
  };
  return { run, outcome };
}

const headersFrom = { Authorization: 'KEY', 'X-Team': 'TEAM' };

async function everything(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const bodies = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
  return bodies.join('\n');
}

describe('an endpoint that refuses before the load', () => {
  const cases: [string, Misbehaviour, RegExp][] = [
    ['401', 'unauthorized', /401: it does not take the key \(no such key\).*what KEY holds/s],
    ['HTML', 'html', /web page/],
    ['another model', 'wrong-model', /does not serve tiny; it serves other/],
    ['another model, which it serves nevertheless', 'ok', /does not serve tiny; it serves other/],
    ['a redirect', 'redirect', /redirects to https:\/\/elsewhere/],
    ['no ignore_eos', 'no-pins', /"pinsOutputLength": false/],
    ['a closed connection', 'silent', /closed the connection/],
  ];
  it.each(cases)('is an outcome with a reason and a next step, and no load is sent: %s', async (_, does, reason) => {
    const server = later(await startMisbehavingServer({ does: () => does, models: ['other'] }));
    const { run, outcome } = await load({ url: server.url, headersFrom });
    expect(run.exitCode).toBe(0);
    await expect(outcome()).rejects.toMatchObject({ name: 'EngineFailed', message: expect.stringMatching(reason) });
    expect(server.requests.length).toBeLessThan(4);
  });

  it('is told where nothing listens, and where a certificate is unknown', async () => {
    const server = await startMisbehavingServer({ tls: true });
    const unknown = await load({ url: server.url });
    await server.close();
    const gone = await load({ url: server.url });
    await expect(unknown.outcome()).rejects.toMatchObject({ message: expect.stringContaining('not trusted') });
    await expect(gone.outcome()).rejects.toMatchObject({ message: expect.stringContaining('refuses the connection') });
  });
});

describe('an endpoint that fails under the load', () => {
  it.each([
    ['a storm of 429', '429', /429/],
    ['streams that are cut in the middle', 'cut', /./],
    ['connections that are closed', 'silent', /closed the connection|no connection/],
  ] as [string, Misbehaviour, RegExp][])('is not valid, and says why: %s', async (_, does, said) => {
    const server = later(await startMisbehavingServer({ does: (n) => (n > 8 && n % 2 === 0 ? does : 'ok') }));
    const { outcome } = await load({ url: server.url, headersFrom });
    const { measurement, reasons } = await outcome();
    expect(measurement.errorCount).toBeGreaterThan(0);
    expect(measurement.requestCount + measurement.errorCount).toBe(20);
    expect(measurement.errors[0]?.message).toMatch(said);
    expect(measurement.oslTokens).toMatchObject({ min: 8, max: 8 });
    expect(reasons.map(({ code }) => code)).toContain('errors');
    expect(JSON.stringify(reasons)).not.toContain('never-to-be-seen');
  });

  it('loses no request to a connection that the server gives up while it is idle', async () => {
    const server = later(await startMisbehavingServer({ keepAliveMs: 1500 }));
    const { outcome } = await load(
      { url: server.url },
      {
        matrix: { instanceType: ['endpoint'], requestRate: [0.5] },
        load: { requestCount: 6, warmupRequestCount: 1, maxCellSeconds: 90 },
      },
    );
    expect((await outcome()).measurement).toMatchObject({ requestCount: 6, errorCount: 0 });
  });

  it('loses no request to a server that closes after each answer and does not say so', async () => {
    const server = later(await startMisbehavingServer({ keepAliveMs: 0 }));
    const { outcome, run } = await load({ url: server.url });
    expect((await outcome()).measurement).toMatchObject({ requestCount: 20, errorCount: 0 });
    expect(run.output).toContain('every request has a new one');
  });

  it('gives no figure at all where every request is refused', async () => {
    const server = later(await startMisbehavingServer({ does: (n) => (n === 0 ? 'ok' : '429') }));
    const { outcome } = await load({ url: server.url });
    await expect(outcome()).rejects.toMatchObject({ message: expect.stringMatching(/All 20 requests failed.*429/) });
  });

  it('gives no token counts that nobody reported', async () => {
    const server = later(await startMisbehavingServer({ does: () => 'no-usage' }));
    const { outcome } = await load({ url: server.url });
    await expect(outcome()).rejects.toMatchObject({ message: expect.stringContaining('no token usage') });
    const counted = await load({ url: server.url, tokenCounts: 'tokenizer' });
    expect((await counted.outcome()).measurement.oslTokens?.avg).toBeGreaterThan(0);
  });

  it('says that a tokenizer is unknown', async () => {
    const server = later(await startMisbehavingServer());
    const { outcome } = await load({ url: server.url, tokenizer: '/no/such/tokenizer' });
    await expect(outcome()).rejects.toMatchObject({
      name: 'GeneratorFailed',
      message: expect.stringContaining('/no/such/tokenizer'),
    });
  });
});

describe('what is secret', () => {
  it('reaches the server, and is in no file and on no screen', async () => {
    const server = later(
      await startMisbehavingServer({ key: KEY, prefix: '/team-a', does: (n) => (n > 5 && n % 5 === 0 ? '500' : 'ok') }),
    );
    const { run, outcome } = await load({ url: server.url, headersFrom });
    const { measurement } = await outcome();
    expect(measurement.errorCount).toBeGreaterThan(0);
    expect(measurement.errors[0]?.message).toContain('<redacted>');
    const loads = server.requests.filter(({ body }) => body?.stream === true);
    expect(new Set(loads.map(({ path }) => path))).toEqual(new Set(['/team-a/v1/completions']));
    for (const { headers } of loads) expect(headers).toMatchObject({ authorization: KEY, 'x-team': TEAM });
    expect(run.output + (await everything(run.folder))).not.toMatch(/never-to-be-seen|sk-q/);
  });

  it('stays out of the whole store of a run, its rows and its report', async () => {
    const server = later(
      await startMisbehavingServer({ key: KEY, does: (n) => (n > 5 && n % 4 === 0 ? '500' : 'ok') }),
    );
    const storeDir = await folder();
    process.env.KEY = KEY;
    process.env.TEAM = TEAM;
    cleanUps.push(async () => {
      delete process.env.KEY;
      delete process.env.TEAM;
    });
    const events: unknown[] = [];
    const said: string[] = [];
    const run = await startLocalRun({
      matrix: matrixOf({ url: server.url, headersFrom }),
      run: 'secret',
      storeDir,
      kubelet: 'process',
      onEvent: (event) => events.push(event),
      onProgress: (message) => said.push(message),
    });
    const result = await run.done;
    expect(result.nodesLeft).toBe(0);
    const rows = await rowsOf(storeDir, 'secret');
    expect(rows).toMatchObject([{ simulated: false, error_count: expect.any(Number), status: 'measured' }]);
    expect(rows[0]?.commonest_error).toContain('<redacted>');
    const all = (await everything(storeDir)) + JSON.stringify([events, said, result]);
    expect(all).toContain(server.url);
    expect(all).not.toMatch(/never-to-be-seen|sk-q/);
  });
});

async function rowsOf(storeDir: string, run: string): Promise<CellRow[]> {
  const place = join(storeDir, 'runs', run, 'rows');
  const names = await readdir(place);
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(place, name), 'utf8')) as CellRow));
}

it('is measured over TLS, with the certificate that is given', async () => {
  const server = later(await startMisbehavingServer({ tls: true }));
  const caCertificates = readFileSync(new URL('../fixtures/tls/ca.pem', import.meta.url), 'utf8');
  const { outcome } = await load({ url: server.url, caCertificates });
  const { measurement } = await outcome();
  expect(measurement).toMatchObject({ requestCount: 20, errorCount: 0 });
});

it.runIf(runsHere)('measures a server that is not ours: llama.cpp with a key and a prefix', async () => {
  const server = later(await startLlamaServer(KEY.replace('Bearer ', ''), '/team-a'));
  const storeDir = await folder();
  process.env.KEY = KEY;
  cleanUps.push(async () => {
    delete process.env.KEY;
  });
  const run = await startLocalRun({
    matrix: matrixOf(
      { url: `${server.url}/v1`, headersFrom: { Authorization: 'KEY' }, priceUsdPerHour: 0.5 },
      {
        matrix: { instanceType: ['endpoint'], endpoint: ['completions', 'chat'], concurrency: [2] },
        load: { requestCount: 20, warmupRequestCount: 4, maxCellSeconds: 300 },
      },
    ),
    run: 'llama',
    storeDir,
    kubelet: 'process',
  });
  const result = await run.done;
  expect(result).toMatchObject({ nodesLeft: 0 });
  const rows = await rowsOf(storeDir, 'llama');
  expect(rows.map(({ endpoint }) => endpoint).sort()).toEqual(['chat', 'completions']);
  for (const row of rows) {
    expect(row, row.error_reason ?? '').toMatchObject({
      status: 'measured',
      simulated: false,
      request_count: 20,
      error_count: 0,
      osl_seen_avg_tokens: 8,
      price_usd_per_hour: 0.5,
      price_source: 'given by the user',
    });
    expect(row.output_tokens_per_s).toBeGreaterThan(0);
    expect(row.ttft_p50_ms).toBeGreaterThan(0);
  }
  expect(await everything(storeDir)).not.toContain('never-to-be-seen');
});
