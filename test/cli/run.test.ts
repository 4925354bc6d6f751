import { describe, expect, it } from 'vitest';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { LocalRunOptions, StartLocalRun } from '#local/runtime/contract.ts';
import { History } from '#test/core/progress/history.ts';
import { fakeCli, fakeResults, MATRIX, stepbench } from './fake-cli.ts';
import { fakeRun, RESULT } from './fake-run.ts';
import { matrixFiles } from './matrix-files.ts';

const { matrixFile } = matrixFiles();

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
  usd_per_hour: 2.64,
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
      fakeResults({ measured: async () => ({ rows: [], asked: new Set(), ended: true, status: 'FAILED' }) });
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

  it.each(['UNFINISHED', 'PARTIAL', 'SUCCEEDED'] as const)(
    'that failed with valid cells is called as `runs` calls it: %s',
    async (stored) => {
      const measured = async () => ({
        rows: [],
        asked: new Set<string>(),
        ended: stored !== 'UNFINISHED',
        status: stored,
      });
      const full = { status: 'FAILED', error: 'StoreFull', cause: '{"errorMessage":"No space. Free some."}' } as const;
      const cli = fakeCli({ startLocalRun: fakeRun(full), openResults: async () => fakeResults({ measured }) });
      expect(await stepbench(cli, 'run', matrixFile, '--json')).toBe(1);
      expect(JSON.parse(cli.stdout.text())).toMatchObject({ status: stored, error: { code: 'store-full' } });
      expect(cli.stderr.text()).toContain(`${stored} run small-1001-120000: 4 of 4 cells valid`);
      const next = /Go on with:\s+stepbench run --resume\s+small-1001-120000/;
      if (stored === 'UNFINISHED') expect(cli.stderr.text()).toMatch(next);
      else expect(cli.stderr.text()).not.toMatch(next);
    },
  );

  it.each([
    ['InvalidMatrix', 'matrix-invalid', 2],
    ['RunAlreadyActive', 'run-active', 2],
    ['StoreFailed', 'store-failed', 1],
  ])('that was not begun is told by its error alone: %s', async (error, code, exitCode) => {
    const cause = JSON.stringify({ errorMessage: 'It cannot be.' });
    const history = new History('arn:run')
      .start({})
      .enter('ExpandMatrix')
      .call({})
      .throw(error, 'It cannot be.')
      .fail(error, cause);
    const startLocalRun: StartLocalRun = async ({ onEvent }) => {
      for (const event of history.events) onEvent?.(event);
      return {
        ...{ stop: () => {}, engineUrl: () => '' },
        done: Promise.resolve({ ...RESULT, status: 'FAILED', error, cause, reportKey: '' }),
      };
    };
    const cli = fakeCli({ startLocalRun, openResults: withAnswers });
    expect(await stepbench(cli, 'run', matrixFile, '--json')).toBe(exitCode);
    const json = JSON.parse(cli.stdout.text());
    expect(json.error).toMatchObject({ code, message: 'It cannot be.' });
    expect(json).not.toHaveProperty('cells');
    expect(cli.stderr.text()).not.toMatch(/cells valid|g5\.8xlarge +1/);
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
