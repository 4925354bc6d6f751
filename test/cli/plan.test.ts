import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RehearsalOptions } from '#local/runtime/contract.ts';
import { fakeCli, MATRIX, stepbench } from './fake-cli.ts';
import { fakeRehearsal } from './fake-run.ts';

let folder: string;
let matrixFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = join(folder, 'matrix.json');
  await writeFile(matrixFile, JSON.stringify(MATRIX));
});
afterAll(() => rm(folder, { recursive: true }));

describe('stepbench plan', () => {
  it('runs the machine on simulated nodes, and shows nothing of it', async () => {
    const seen: RehearsalOptions[] = [];
    const cli = fakeCli({ rehearse: fakeRehearsal({}, seen) });
    expect(await stepbench(cli, 'plan', matrixFile)).toBe(0);
    expect(seen).toMatchObject([{ matrix: MATRIX, run: 'plan' }]);
    expect(cli.stderr.text()).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM'])(
    'ends at once when it is interrupted by %s, and says no more than that',
    async (signal) => {
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      const cli = fakeCli({
        rehearse: ({ signal: stopped }) => {
          begin();
          return new Promise((_resolve, reject) => stopped.addEventListener('abort', () => reject(stopped.reason)));
        },
      });
      const code = stepbench(cli, 'plan', matrixFile);
      await begun;
      cli.press(signal);
      expect(await code).toBe(130);
      expect(cli.stdout.text()).toBe('');
      expect(cli.stderr.text()).toBe('error stopped\n  (interrupted)\n');
    },
  );

  it.each([60, 120])('shows time, transitions, phases, dollars and budget in %i columns', async (width) => {
    const cli = fakeCli({ rehearse: fakeRehearsal(), width });
    await stepbench(cli, 'plan', matrixFile);
    const text = cli.stdout.text();
    expect(text).toMatch(/small: 4 cells on 2 deployments in 3 min 20 s, 123 state transitions/);
    expect(text).toMatch(/g5\.8xlarge TP=1\s+L+p+o+#+r*/);
    expect(text).toMatch(/measure\s+1 min 20 s/);
    expect(text.replaceAll('\n', ' ')).toMatch(/In all \$\d+\.\d\d: GPU nodes \$0\.28/);
    expect(text.replaceAll('\n', ' ')).toMatch(/downloads through NAT \$.*With a new cluster, and engines as fast as/);
    expect(text).toMatch(/Within the budget of \$20\.00/);
    for (const line of text.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('has the same as JSON', async () => {
    const cli = fakeCli({ rehearse: fakeRehearsal() });
    await stepbench(cli, 'plan', matrixFile, '--json');
    const json = JSON.parse(cli.stdout.text());
    expect(json).toMatchObject({
      command: 'plan',
      duration_s: 200,
      transitions: 123,
      within_budget: true,
      budget_usd: 20,
    });
    expect(json.total_usd).toBeCloseTo(json.gpu_usd + json.other_usd, 9);
    expect(json.phases.map(({ phase }: { phase: string }) => phase)).toContain('measure');
    expect(json.deployments[0].timeline[0]).toEqual({ phase: 'launch', from_s: 0, to_s: 60 });
  });

  describe('of a cell that may have too little time', () => {
    const planOf = async (load: object, axes: object = {}) => {
      const path = join(folder, 'long.json');
      await writeFile(path, JSON.stringify({ ...MATRIX, matrix: { ...MATRIX.matrix, ...axes }, load, budgetUsd: 500 }));
      const cli = fakeCli({ rehearse: fakeRehearsal(), width: 1000 });
      expect(await stepbench(cli, 'plan', path)).toBe(0);
      return cli.stdout.text();
    };

    it('warns, and says what to write', async () => {
      const told = await planOf({ requestsPerConcurrency: 400, maxCellSeconds: 600 });
      // 1604 requests of 24 tokens at 4 x 17 tokens/s, of 64 more at 5000 tokens/s, and 20 s besides: 607 s.
      expect(told).toMatch(
        /Warning: 2 cells may be cut off at 600 s .* at concurrency 4 with 1600 requests, takes 10 min 07 s where .* Write "load": \{"maxCellSeconds": 660\}, or measure fewer requests\.$/m,
      );
      // More than any cell may have.
      expect(await planOf({ requestsPerConcurrency: 10_000 })).toMatch(/Measure fewer requests\.$/m);
    });

    it('knows of an open load whatever the engine', async () => {
      const axes = { concurrency: undefined, requestRate: [0.5] };
      const told = await planOf({ openLoadSeconds: 3000, maxCellSeconds: 2000 }, axes);
      expect(told).toMatch(/Warning: 2 cells will be cut off at 2000 s .*at 0\.5 requests\/s with 1500 requests/);
    });

    it('says nothing of cells that have the time', async () => {
      expect(await planOf({ requestsPerConcurrency: 400, maxCellSeconds: 14_400 })).not.toContain('Warning');
    });
  });

  it('says why a run would fail', async () => {
    const cli = fakeCli({
      rehearse: fakeRehearsal({ status: 'FAILED', error: 'NothingMeasured', cause: 'no capacity' }),
    });
    expect(await stepbench(cli, 'plan', matrixFile)).toBe(1);
    expect(cli.stderr.text()).toContain('no capacity');
  });
});
