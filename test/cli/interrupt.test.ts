import { describe, expect, it } from 'vitest';
import type { LocalRun, LocalRunResult } from '#local/runtime/contract.ts';
import { type FakeCli, fakeCli, stepbench } from './fake-cli.ts';
import { RESULT } from './fake-run.ts';
import { matrixFiles } from './matrix-files.ts';

const { matrixFile } = matrixFiles();

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

/** The command has asked for a run that is not there yet. */
async function preparing({ options = [], world = {} }: { options?: string[]; world?: Partial<FakeCli> } = {}) {
  const run = stoppable();
  const cli = fakeCli({ ...run, ...world });
  const code = stepbench(cli, 'run', matrixFile, ...options);
  await run.asked;
  return { run, cli, code };
}

/** The run goes on. */
async function running(of: Parameters<typeof preparing>[0] = {}) {
  const all = await preparing(of);
  all.run.start();
  await settled();
  return all;
}

describe('Ctrl-C', () => {
  it('stops the run once, waits until everything is released, and says so', async () => {
    const { run, cli, code } = await running();
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
    const { run, cli, code } = await running({ world: { nowMs: () => 5 } });
    for (let copy = 0; copy < 3; copy += 1) cli.press();
    expect(cli.stderr.text()).not.toContain('Still releasing');
    run.release();
    expect(await code).toBe(130);
  });

  it('is SIGTERM too, and tells programs', async () => {
    const { run, cli, code } = await running({ options: ['--json'] });
    cli.press('SIGTERM');
    run.release();
    expect(await code).toBe(130);
    expect(JSON.parse(cli.stdout.text())).toMatchObject({ status: 'ABORTED', interrupted: true, exit_code: 130 });
  });

  it('stops a run that was still being prepared as soon as it is there', async () => {
    const { run, cli, code } = await preparing();
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
    const { run, cli, code } = await running();
    cli.press();
    run.release({ neverPlanned: true });
    expect(await code).toBe(130);
    expect(cli.stderr.text()).toContain('nothing to go on with');
    expect(cli.stderr.text()).not.toContain('--resume');
  });

  it('ends at once when pressed twice before there is anything to release', async () => {
    const { cli, code } = await preparing({ options: ['--json'] });
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
