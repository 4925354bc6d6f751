import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalRunOptions } from '#local/runtime/contract.ts';
import { fakeCli, MATRIX, stepbench } from './fake-cli.ts';
import { fakeRun } from './fake-run.ts';

let folder: string;
let matrixFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = join(folder, 'matrix.json');
  await writeFile(matrixFile, JSON.stringify(MATRIX));
});
afterAll(() => rm(folder, { recursive: true }));

describe('stepbench plan', () => {
  it('runs the machine on simulated nodes, in a folder that is gone afterwards', async () => {
    const seen: LocalRunOptions[] = [];
    let gone = false;
    const cli = fakeCli({
      startLocalRun: fakeRun({}, seen),
      inTemporaryFolder: async (work) => {
        const result = await work('/temporary');
        gone = true;
        return result;
      },
    });
    expect(await stepbench(cli, 'plan', matrixFile)).toBe(0);
    expect(seen[0]).toMatchObject({ kubelet: 'virtual', storeDir: '/temporary' });
    expect(gone).toBe(true);
    expect(cli.stderr.text()).toBe('');
  });

  it.each([60, 120])('shows time, transitions, phases, dollars and budget in %i columns', async (width) => {
    const cli = fakeCli({ startLocalRun: fakeRun(), width });
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
    const cli = fakeCli({ startLocalRun: fakeRun() });
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

  it('says why a run would fail', async () => {
    const cli = fakeCli({
      startLocalRun: fakeRun({ status: 'FAILED', error: 'NothingMeasured', cause: 'no capacity' }),
    });
    expect(await stepbench(cli, 'plan', matrixFile)).toBe(1);
    expect(cli.stderr.text()).toContain('no capacity');
  });
});
