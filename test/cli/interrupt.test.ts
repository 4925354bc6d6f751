import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalRun, LocalRunResult } from '#local/runtime/contract.ts';
import { fakeCli, MATRIX, stepbench } from './fake-cli.ts';
import { RESULT } from './fake-run.ts';

let folder: string;
let matrixFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-cli-'));
  matrixFile = join(folder, 'matrix.json');
  await writeFile(matrixFile, JSON.stringify(MATRIX));
});
afterAll(() => rm(folder, { recursive: true }));

/** A run that goes on until it is stopped and released. */
function stoppable() {
  const reasons: string[] = [];
  const { promise: done, resolve: release } = Promise.withResolvers<LocalRunResult>();
  const { promise: started, resolve: start } = Promise.withResolvers<LocalRun>();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const run: LocalRun = { done, stop: (reason) => reasons.push(reason), engineUrl: () => '' };
  return {
    reasons,
    /** The command has asked for the run. */
    asked,
    start: () => start(run),
    release: (change: Partial<LocalRunResult> = {}) =>
      release({ ...RESULT, status: 'ABORTED', error: 'Interrupted', cause: 'by the user', ...change }),
    startLocalRun: () => {
      ask();
      return started;
    },
  };
}

/** Lets what was settled go its way. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Ctrl-C', () => {
  it('stops the run once, waits until everything is released, and says so', async () => {
    const run = stoppable();
    const cli = fakeCli(run);
    const code = stepbench(cli, 'run', matrixFile);
    await run.asked;
    run.start();
    await settled();
    cli.press();
    expect(run.reasons).toEqual(['Stopped by the user (SIGINT).']);
    expect(cli.stderr.text()).toContain('everything of the run is being released');
    cli.press();
    expect(run.reasons).toHaveLength(1);
    expect(cli.stderr.text()).toContain('Still releasing');
    run.release();
    expect(await code).toBe(130);
    expect(cli.stderr.text()).toMatch(/Stopped\. What was measured is kept.*--resume small-1001-120000/s);
    expect(cli.stderr.text()).toContain('0 of 4 cells valid, 4 not measured');
    expect(cli.stderr.text()).not.toContain('error');
  });

  it('is one press, however many processes pass it on', async () => {
    const run = stoppable();
    const cli = fakeCli({ ...run, nowMs: () => 5 });
    const code = stepbench(cli, 'run', matrixFile);
    await run.asked;
    run.start();
    await settled();
    for (let copy = 0; copy < 3; copy += 1) cli.press();
    expect(cli.stderr.text()).not.toContain('Still releasing');
    run.release();
    expect(await code).toBe(130);
  });

  it('is SIGTERM too, and tells programs', async () => {
    const run = stoppable();
    const cli = fakeCli(run);
    const code = stepbench(cli, 'run', matrixFile, '--json');
    await run.asked;
    run.start();
    await settled();
    cli.press('SIGTERM');
    run.release();
    expect(await code).toBe(130);
    expect(JSON.parse(cli.stdout.text())).toMatchObject({ status: 'ABORTED', interrupted: true, exit_code: 130 });
  });

  it('stops a run that was still being prepared as soon as it is there', async () => {
    const run = stoppable();
    const cli = fakeCli(run);
    const code = stepbench(cli, 'run', matrixFile);
    await run.asked;
    cli.press();
    expect(run.reasons).toEqual([]);
    run.start();
    await settled();
    expect(run.reasons).toHaveLength(1);
    run.release();
    expect(await code).toBe(130);
  });

  it('keeps a run that is being prepared from starting', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<AbortSignal>();
    const { promise: prepared, resolve: prepare } = Promise.withResolvers<void>();
    const cli = fakeCli({
      startLocalRun: async ({ signal }) => {
        ask(signal!);
        await prepared;
        signal!.throwIfAborted();
        return expect.unreachable();
      },
    });
    const code = stepbench(cli, 'run', matrixFile);
    const signal = await asked;
    expect(signal.aborted).toBe(false);
    cli.press();
    expect(signal.aborted).toBe(true);
    prepare();
    expect(await code).toBe(130);
    expect(cli.stderr.text()).toContain('stopped before anything was started');
    expect(cli.stderr.text()).not.toContain('--resume');
  });

  it('before the plan stands has nothing to go on with', async () => {
    const run = stoppable();
    const cli = fakeCli(run);
    const code = stepbench(cli, 'run', matrixFile);
    await run.asked;
    run.start();
    await settled();
    cli.press();
    run.release({ neverPlanned: true });
    expect(await code).toBe(130);
    expect(cli.stderr.text()).toContain('nothing to go on with');
    expect(cli.stderr.text()).not.toContain('--resume');
  });

  it('ends at once when pressed twice before there is anything to release', async () => {
    const run = stoppable();
    const cli = fakeCli(run);
    const code = stepbench(cli, 'run', matrixFile, '--json');
    await run.asked;
    cli.press();
    cli.press();
    expect(await code).toBe(130);
    expect(JSON.parse(cli.stdout.text()).error.code).toBe('interrupted');
  });

  it('is what made the preparation fail: a download that was stopped is no error', async () => {
    const { promise: started, reject } = Promise.withResolvers<LocalRun>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const cli = fakeCli({
      startLocalRun: () => {
        ask();
        return started;
      },
    });
    const code = stepbench(cli, 'run', matrixFile);
    await asked;
    cli.press();
    reject(new Error('pip was interrupted'));
    expect(await code).toBe(130);
    expect(cli.stderr.text()).not.toContain('pip');
  });
});
