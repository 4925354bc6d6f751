import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planOf } from '#cli/planning.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { chooseGenerator } from '#local/generators/choose-generator.ts';
import type { LocalRunOptions } from '#local/runtime/contract.ts';
import { fakeCli, fakeResults, MATRIX, startedRun, stepbench } from './fake-cli.ts';
import { fakeRun } from './fake-run.ts';

const DEBIAN_12 = { platform: 'linux', arch: 'x64', glibc: '2.36' };

let folder: string;
let matrixFile: string;
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = await file('matrix.json', MATRIX);
});
afterAll(() => rm(folder, { recursive: true }));

const ANSWER = {
  place: 1,
  model: 'openai/gpt-oss-20b',
  isl_tokens: 64,
  osl_tokens: 24,
  endpoint: 'completions',
  streaming: true,
  dataset: 'synthetic',
  instance_type: 'g5.8xlarge',
  tensor_parallel: 1,
  concurrency: 4,
  request_rate_per_s: null,
  output_tokens_per_s: 512.25,
  request_latency_p95_ms: 1234.5,
  ttft_p95_ms: 88.2,
  usd_per_million_output_tokens: 1.4321,
  output_tokens_per_s_per_usd_per_hour: 194.03,
  simulated: true,
};

const withAnswers = async () => fakeResults({ rows: { 'price-performance': [ANSWER] } });

describe('stepbench run', () => {
  it('tells what it costs in AWS before anything starts, and answers at the end', async () => {
    let before = '';
    const start = fakeRun();
    const cli = fakeCli({
      openResults: withAnswers,
      startLocalRun: (options) => {
        before = cli.stderr.text();
        return start(options);
      },
    });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(0);
    expect(before).toMatch(/4 cells on 2 deployments/);
    expect(before).toMatch(/What this costs in AWS: about \$\d+\.\d\d/);
    expect(before).toMatch(/Prices of us-east-1: .*2026-\d\d-\d\d/s);
    expect(cli.stdout.text()).toMatch(/1\s+g5\.8xlarge\s+1\s+4\s+512\s+\$1\.43\s+194\s+1\.23 s/);
    expect(cli.stdout.text()).toContain('SIMULATED');
    expect(cli.stderr.text()).toMatch(/The same run would cost about \$3\.\d\d and take .* in AWS/);
    const atEnd = cli.stderr.text().slice(before.length);
    expect(atEnd).toMatch(/Prices as above: us-east-1, AWS Price List, 2026-\d\d-\d\d\.\n/);
    expect(atEnd).not.toContain('Auto Mode fee');
    expect(cli.stderr.text()).toContain('/store/runs/small-1001-120000/report.html');
  });

  it('starts what the matrix says, in the store that was asked for', async () => {
    const seen: LocalRunOptions[] = [];
    const cli = fakeCli({ startLocalRun: fakeRun({}, seen), env: { STEPBENCH_STORE: '/from/env' } });
    await stepbench(cli, 'run', matrixFile, '--run', 'monday');
    await stepbench(cli, 'run', matrixFile, '--store', '/asked');
    expect(seen[0]).toMatchObject({ matrix: MATRIX, run: 'monday', storeDir: '/from/env', kubelet: 'process' });
    expect(seen[1]?.storeDir).toBe('/asked');
    expect(seen[1]?.run).toBeUndefined();
  });

  it.each([
    ['SUCCEEDED', 0],
    ['PARTIAL', 3],
    ['FAILED', 1],
    ['ABORTED', 1],
  ] as const)('ends with the exit code of its status: %s is %i', async (status, code) => {
    expect(await stepbench(fakeCli({ startLocalRun: fakeRun({ status }) }), 'run', matrixFile)).toBe(code);
  });

  it('says why it failed, and whose turn it is', async () => {
    const failed = {
      status: 'FAILED',
      error: 'NothingMeasured',
      cause: '{"errorMessage":"No cell was measured."}',
    } as const;
    const cli = fakeCli({ startLocalRun: fakeRun(failed) });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(1);
    expect(cli.stderr.text()).toContain('No cell was measured.');
    const budget = fakeCli({
      startLocalRun: fakeRun({ status: 'FAILED', error: 'BudgetExceeded', cause: 'too much' }),
    });
    expect(await stepbench(budget, 'run', matrixFile)).toBe(2);
  });

  it('ends as the run ended, also when its results cannot be read', async () => {
    const openResults = () => Promise.reject(new StepBenchError(ErrorName.StoreFailed, 'the disk is gone'));
    const cli = fakeCli({ startLocalRun: fakeRun(), openResults });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(0);
    expect(cli.stderr.text()).toContain('warning: The results cannot be read: the disk is gone');
  });

  it('counts the cells that have ended and have no row', async () => {
    const openResults = async () =>
      fakeResults({ measured: async () => ({ rows: [], asked: new Set(), ended: true }) });
    const full = { status: 'FAILED', error: 'StoreFull', cause: '{"errorMessage":"No space. Free some."}' } as const;
    const cli = fakeCli({ startLocalRun: fakeRun(full), openResults });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(1);
    expect(cli.stderr.text()).toContain('What became of 4 cells could not be written: there is no row.');
    expect(cli.stderr.text()).toMatch(/error No space\. Free some\.\n.*\(store-full\)/);
  });

  it('is bad input where the store was denied before it began, and a failure where it was denied in the middle', async () => {
    const denied = { status: 'FAILED', error: 'StoreDenied', cause: 'No right.' } as const;
    expect(await stepbench(fakeCli({ startLocalRun: fakeRun(denied) }), 'run', matrixFile)).toBe(1);
    const before = new StepBenchError(ErrorName.StoreDenied, 'No right.', { nextStep: 'Name a folder with --store.' });
    const cli = fakeCli({ startLocalRun: () => Promise.reject(before) });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(2);
    expect(cli.stderr.text()).toMatch(/error No right\.\n {2}Name a folder with --store\.\n {2}\(store-denied\)/);
  });

  it('tells what to do about a run under way once', async () => {
    const cause = JSON.stringify({ errorMessage: 'Run x is under way. Wait for it, or stop it first.' });
    const cli = fakeCli({ startLocalRun: fakeRun({ status: 'FAILED', error: 'RunAlreadyActive', cause }) });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(2);
    expect(cli.stderr.text().match(/Wait for it/g)).toHaveLength(1);
  });

  it('never hides that something was left behind', async () => {
    const cli = fakeCli({ startLocalRun: fakeRun({ nodesLeft: 2 }) });
    expect(await stepbench(cli, 'run', matrixFile)).toBe(1);
    expect(cli.stderr.text()).toContain('2 instances of the run could not be released');
  });

  it('prints JSON and nothing else on stdout', async () => {
    const cli = fakeCli({ startLocalRun: fakeRun({ status: 'PARTIAL', warnings: ['w'] }), openResults: withAnswers });
    expect(await stepbench(cli, 'run', matrixFile, '--json')).toBe(3);
    const json = JSON.parse(cli.stdout.text());
    expect(json).toMatchObject({
      schema_version: 1,
      command: 'run',
      run: 'small-1001-120000',
      status: 'PARTIAL',
      exit_code: 3,
      interrupted: false,
      load_generators: ['aiperf'],
      error: null,
      warnings: ['w'],
      cells: { total: 4, valid: 4, invalid: 0, failed: 0 },
      duration_s: 250,
      transitions: 123,
      nodes_left: 0,
      answers: { 'price-performance': [ANSWER] },
      files: { store: '/store/runs/small-1001-120000', report: '/store/runs/small-1001-120000/report.html' },
    });
    expect(json.aws_estimate.total_usd).toBeGreaterThan(0);
    expect(json.aws_estimate.prices[0]).toMatch(/us-east-1/);
  });

  it('names the cells that are not ranked, with their reasons', async () => {
    const cells = [
      {
        instance_type: 'g5.8xlarge',
        tensor_parallel: 1,
        concurrency: 2,
        status: 'measured',
        valid: true,
        reason: null,
      },
      {
        instance_type: 'g5.8xlarge',
        tensor_parallel: 1,
        concurrency: 4,
        status: 'measured',
        valid: false,
        reason: 'too-few-requests',
      },
      {
        instance_type: 'g5.16xlarge',
        tensor_parallel: 1,
        concurrency: 4,
        status: 'failed',
        valid: false,
        reason: 'CUDA \u001b[2Jout of memory',
      },
    ];
    const cli = fakeCli({
      startLocalRun: fakeRun({ status: 'PARTIAL' }),
      openResults: async () => fakeResults({ rows: { cells } }),
    });
    await stepbench(cli, 'run', matrixFile);
    expect(cli.stdout.text()).toContain('2 cells not ranked');
    expect(cli.stdout.text()).toMatch(/g5\.8xlarge.*concurrency=4.*not valid.*too-few-requests/);
    expect(cli.stdout.text()).toMatch(/g5\.16xlarge.*failed.*CUDA \\x1b\[2Jout of memory/);
  });
});

describe('stepbench run with bad input starts nothing', () => {
  const refused = async (...argv: string[]) => {
    const cli = fakeCli();
    const code = await stepbench(cli, 'run', ...argv);
    return { code, told: cli.stderr.text() };
  };

  it('tells every mistake of a matrix at once, with path, value and what to write', async () => {
    const wrong = {
      ...MATRIX,
      budgetUsd: -1,
      matrix: { ...MATRIX.matrix, instanceType: ['g5.8xlarg'], tensorParallel: [0] },
    };
    const { code, told } = await refused(await file('wrong.json', wrong));
    expect(code).toBe(2);
    expect(told).toMatch(/budgetUsd = -1/);
    expect(told).toMatch(/matrix\.instanceType\[0\] = "g5\.8xlarg"/);
    expect(told).toMatch(/matrix\.tensorParallel\[0\] = 0/);
    expect(told.match(/write instead: /g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('says what to do about a load generator that cannot run here, before any estimate', async () => {
    const cli = fakeCli({
      chooseGenerator: (asked) => chooseGenerator(asked, { ...DEBIAN_12, ownPerfAnalyzer: undefined }),
    });
    const path = await file('genai-perf.json', { ...MATRIX, load: { generator: 'genai-perf' } });
    expect(await stepbench(cli, 'run', path)).toBe(1);
    expect(cli.stderr.text()).toMatch(/genai-perf cannot run here.*glibc 2\.38/);
    expect(cli.stderr.text()).toContain('"aiperf"');
    expect(cli.stderr.text()).not.toContain('What this costs');
  });

  it('has them as JSON too', async () => {
    const cli = fakeCli();
    expect(await stepbench(cli, 'run', await file('wrong2.json', { ...MATRIX, budgetUsd: 'x' }), '--json')).toBe(2);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error).toMatchObject({ code: 'matrix-invalid', fault: 'yours' });
    expect(error.problems[0]).toMatchObject({ path: 'budgetUsd', value: 'x' });
  });

  it('refuses a budget below the estimate', async () => {
    const { code, told } = await refused(await file('poor.json', { ...MATRIX, budgetUsd: 0.01 }));
    expect(code).toBe(2);
    expect(told).toContain('(over-budget)');
    expect(told).toMatch(/write instead: at least/);
  });

  it.each([
    ['a file that is not there', () => join(folder, 'none.json'), /matrix-missing/],
    ['a folder', () => folder, /matrix-not-a-file/],
    ['a device', () => '/dev/null', /matrix-not-a-file/],
  ])('%s', async (_what, path, code) => {
    const answer = await refused(path());
    expect(answer.code).toBe(2);
    expect(answer.told).toMatch(code);
    expect(answer.told).not.toMatch(/ENOENT|EISDIR|at .*\.ts:/);
  });

  it.each([
    ['a syntax error', '{\n  "name": "x",\n  "budgetUsd" 5\n}', /syntax\.json:3:15/],
    ['an end that is missing', '{"name": "x"', /syntax\.json:1:13/],
    ['an empty file', '', /the file is empty/],
    ['a comment', '// my matrix\n{}', /syntax\.json:1:1/],
  ])('%s, with its place', async (_what, content, place) => {
    const { code, told } = await refused(await file('syntax.json', content));
    expect(code).toBe(2);
    expect(told).toMatch(place);
    expect(told).toContain('(matrix-not-json)');
  });

  it('bytes that are no text, and a file that is far too large', async () => {
    const path = join(folder, 'bytes.json');
    await writeFile(path, Buffer.from([0x7b, 0xff, 0xfe]));
    expect((await refused(path)).told).toContain('not UTF-8');
    await writeFile(path, Buffer.alloc(20_000_001, ' '));
    expect((await refused(path)).told).toContain('(matrix-too-large)');
  });

  it('reads a file that an editor began with a byte order mark', async () => {
    const path = await file('bom.json', `\ufeff${JSON.stringify(MATRIX)}`);
    expect(await stepbench(fakeCli({ startLocalRun: fakeRun() }), 'run', path)).toBe(0);
  });

  it.each([
    [['--run', 'Bad Name'], /run-id-bad/],
    [['--run', 'a', '--resume', 'b'], /bad-usage/],
    [['--nonsense'], /bad-usage/],
    [['--resume', 'gone'], /run-unknown/],
  ])('%j', async (argv, code) => {
    const answer = await refused(matrixFile, ...argv);
    expect(answer.code).toBe(2);
    expect(answer.told).toMatch(code);
  });

  it('no matrix at all', async () => {
    expect((await refused()).told).toMatch(/a matrix file is missing/);
  });
});

describe('stepbench run --resume', () => {
  it('goes on with the matrix of the run, without the cells that were measured', async () => {
    const seen: LocalRunOptions[] = [];
    const openResults = async () => fakeResults({ started: async () => startedRun(MATRIX) });
    const cli = fakeCli({ startLocalRun: fakeRun({}, seen), openResults });
    expect(await stepbench(cli, 'run', '--resume', 'monday')).toBe(0);
    expect(seen[0]).toMatchObject({ matrix: MATRIX, run: 'monday' });
  });

  it('prices only what is left', async () => {
    const { deployments } = planOf(MATRIX, 'test', { run: 'r', nowMs: 0 });
    const cells = deployments.flatMap((deployment) => deployment.cells.map(({ id }) => id));
    const resumed = async (measured: string[]) => {
      const cli = fakeCli({
        startLocalRun: fakeRun(),
        openResults: async () => fakeResults({ started: async () => startedRun(MATRIX, measured) }),
      });
      expect(await stepbench(cli, 'run', '--resume', 'monday')).toBe(0);
      return cli.stderr.text();
    };
    expect(await resumed(cells.slice(1))).toMatch(/1 cell on 1 deployment.*3 of 4 are there from before/);
    expect(await resumed(cells.slice(1))).toContain('What was left of the run would cost');
    expect(await resumed(cells)).toContain('all 4 cells are there from before, nothing is left to measure');
    expect(await resumed(cells)).not.toContain('would cost');
  });

  it('has what earlier executions left of the budget', async () => {
    const openResults = async () =>
      fakeResults({
        started: async () => ({ ...startedRun(MATRIX), spent: { nodesUsd: 15, sharedUsd: 3, reservedUsd: 1.99 } }),
      });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'run', '--resume', 'monday')).toBe(2);
    const told = cli.stderr.text().replace(/\s+/g, ' ');
    expect(told).toContain('(over-budget)');
    expect(told).toContain(
      'taken $19.99 of the budget (nodes $15.00, shared costs $3.00, reserved for nodes not known to be gone $1.99)',
    );
  });

  it('tells what of the budget is gone, before it starts and when it has ended', async () => {
    const spent = { nodesUsd: 1.5, sharedUsd: 0.75, reservedUsd: 0.25 };
    const openResults = async () => fakeResults({ started: async () => ({ ...startedRun(MATRIX), spent }) });
    const cli = fakeCli({ startLocalRun: fakeRun(), openResults });
    expect(await stepbench(cli, 'run', '--resume', 'monday', '--json')).toBe(0);
    const told = cli.stderr.text().replace(/\s+/g, ' ');
    expect(told).toContain(
      'budget $17.50, left of $20.00 by the executions before, which took $2.50 (nodes $1.50, shared costs $0.75, reserved',
    );
    expect(told).toContain('Counted against the budget of $20.00 so far, as in AWS: $2.50 (nodes $1.50');
    expect(JSON.parse(cli.stdout.text()).budget).toEqual({
      ...{ whole_usd: 20, spent_usd: 2.5, nodes_usd: 1.5, shared_usd: 0.75, reserved_usd: 0.25 },
    });
  });

  it.each([
    ['on another cluster', { cluster: { name: 'other' } }, 'cluster.name'],
    ['in another region', { region: 'eu-west-1' }, 'region'],
    ['with other loads', { load: { requestsPerConcurrency: 1 } }, 'load.requestsPerConcurrency'],
    ['with other cells', { matrix: { ...MATRIX.matrix, concurrency: [2, 8] } }, 'run'],
  ])('starts nothing %s', async (_, changes, path) => {
    const openResults = async () => fakeResults({ started: async () => startedRun({ ...MATRIX, ...changes }) });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'run', matrixFile, '--resume', 'monday', '--json')).toBe(2);
    const { error } = JSON.parse(cli.stdout.text());
    expect(error).toMatchObject({ code: 'matrix-invalid', problems: [{ path, code: 'not-resumable' }] });
    expect(cli.stderr.text()).not.toContain('of 4 cells valid');
  });

  it('is what --run says when the name is taken', async () => {
    const openResults = async () => fakeResults({ started: async () => startedRun(MATRIX) });
    const cli = fakeCli({ openResults });
    expect(await stepbench(cli, 'run', matrixFile, '--run', 'monday')).toBe(2);
    expect(cli.stderr.text()).toContain('stepbench run --resume monday');
  });
});

describe('what goes wrong around a run', () => {
  const failing = async (error: unknown, env: Record<string, string> = {}) => {
    const cli = fakeCli({ startLocalRun: () => Promise.reject(error), env });
    return { code: await stepbench(cli, 'run', matrixFile), told: cli.stderr.text() };
  };

  it('is told with its next step, and without a stack', async () => {
    const { code, told } = await failing(
      new StepBenchError(ErrorName.GeneratorFailed, 'The load generator needs Python.', { nextStep: 'Install one.' }),
    );
    expect(code).toBe(1);
    expect(told).toMatch(/error The load generator needs Python\.\n {2}Install one\./);
    expect(told).not.toMatch(/\.ts:\d+/);
  });

  it('is the turn of the person when the run is under way already', async () => {
    const { code, told } = await failing(new StepBenchError(ErrorName.RunAlreadyActive, 'Run x is under way.'));
    expect(code).toBe(2);
    expect(told).toContain('(run-active)');
  });

  it('is ours when nobody expected it, and shows its stack only when asked', async () => {
    const { code, told } = await failing(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(told).toMatch(/mistake in StepBench.*STEPBENCH_DEBUG=1/s);
    expect(told).not.toMatch(/\.ts:\d+/);
    expect((await failing(new TypeError('x'), { STEPBENCH_DEBUG: '1' })).told).toMatch(/\.ts:\d+/);
  });
});
