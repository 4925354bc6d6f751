import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMatrix } from '#core/matrix/read.ts';

/** The command as a user starts it, with the real AIPerf and the simulated engine, on a small matrix. */
const MATRIX = {
  name: 'e2e',
  matrix: { instanceType: ['g5.12xlarge'], concurrency: [2, 4, 8] },
  defaults: { model: 'openai/gpt-oss-20b', tensorParallel: 4, isl: 64, osl: 16 },
  budgetUsd: 20,
};

let folder: string;
let store: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-e2e-'));
  store = join(folder, 'store');
  await writeFile(join(folder, 'matrix.json'), JSON.stringify(MATRIX));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Command {
  child: ChildProcess;
  /** Lines of stderr so far. */
  said: () => string;
  ended: Promise<number | null>;
  until: (pattern: RegExp) => Promise<void>;
}

function stepbench(...args: string[]): Command {
  const child = spawn(process.execPath, ['cli/stepbench.mjs', ...args, '--store', store], {
    // Everything that the run starts inherits this: that is how what is left is found.
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout?.resume();
  return {
    child,
    said: () => said,
    ended: new Promise((resolve) => child.on('exit', (code) => resolve(code))),
    until: async (pattern) => {
      while (!pattern.test(said)) {
        if (child.exitCode !== null) throw new Error(`ended before it said ${pattern}:\n${said}`);
        await sleep(100);
      }
    },
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Command lines of processes that the run started and that are still there. */
async function left(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(`TMPDIR=${folder}\0`)) {
      found.push((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '));
    }
  }
  return found;
}

async function untilNothingIsLeft(seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while ((await left()).length > 0 && Date.now() < deadline) await sleep(250);
  expect(await left()).toEqual([]);
}

interface Row {
  cell_id: string;
  status: string;
  valid: boolean;
  simulated: boolean;
}

async function rows(run: string): Promise<Row[]> {
  const path = join(store, 'runs', run, 'rows');
  if (!existsSync(path)) return [];
  return Promise.all((await readdir(path)).map(async (name) => JSON.parse(await readFile(join(path, name), 'utf8'))));
}

function cells(): string[] {
  const read = readMatrix(MATRIX);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.matrix.deployments.flatMap((deployment) => deployment.cells.map(({ id }) => id)).toSorted();
}

/** 0 when every cell is valid. On a machine that is busy otherwise the client may be what was measured: then 3. */
async function assertEnded(run: string, command: Command): Promise<void> {
  const code = await command.ended;
  expect(code, command.said()).toBe((await rows(run)).every((row) => row.valid) ? 0 : 3);
}

/** The undisturbed set of rows, all measured, with real files of AIPerf behind each. */
async function assertWhole(run: string): Promise<void> {
  const found = await rows(run);
  expect(found.map((row) => row.cell_id).toSorted()).toEqual(cells());
  expect(found.map((row) => row.status)).toEqual(cells().map(() => 'measured'));
  expect(found.every((row) => row.simulated)).toBe(true);
  const files = await readdir(join(store, 'runs', run, 'artifacts'), { recursive: true });
  expect(files.filter((name) => name.endsWith('profile_export_aiperf.json')).length).toBeGreaterThanOrEqual(
    cells().length,
  );
}

test('a run, from the matrix to the answer', async () => {
  const run = stepbench('run', join(folder, 'matrix.json'), '--run', 'whole');
  await assertEnded('whole', run);
  await assertWhole('whole');
  await untilNothingIsLeft(10);
  expect(existsSync(join(store, 'runs/whole/report.html'))).toBe(true);
  const asked = stepbench('query', 'price-performance', '--run', 'whole', '--json');
  expect(await asked.ended, asked.said()).toBe(0);
});

describe('interrupted in the middle', () => {
  const untilMeasuring = (run: Command) => run.until(/concurrency=2 measured[\s\S]*concurrency=4 started/);

  async function resume(run: string): Promise<void> {
    const before = (await rows(run)).filter((row) => row.status === 'measured');
    expect(before.length).toBeGreaterThan(0);
    const again = stepbench('run', '--resume', run);
    await assertEnded(run, again);
    await assertWhole(run);
    const after = await rows(run);
    for (const row of before) expect(after.find((one) => one.cell_id === row.cell_id)).toEqual(row);
    await untilNothingIsLeft(10);
  }

  test('by Ctrl-C it releases everything, says so, and can be resumed', async () => {
    const run = stepbench('run', join(folder, 'matrix.json'), '--run', 'stopped');
    await untilMeasuring(run);
    run.child.kill('SIGINT');
    expect(await run.ended, run.said()).toBe(130);
    expect(run.said()).toMatch(/releas/i);
    expect(await left()).toEqual([]);
    await resume('stopped');
  });

  test('by kill -9 nothing goes on running, and it can be resumed at once', async () => {
    const run = stepbench('run', join(folder, 'matrix.json'), '--run', 'killed');
    await untilMeasuring(run);
    run.child.kill('SIGKILL');
    await run.ended;
    await untilNothingIsLeft(20);
    await resume('killed');
  });

  test('a second start of a run that is under way is refused', async () => {
    const run = stepbench('run', join(folder, 'matrix.json'), '--run', 'twice');
    await run.until(/launch/);
    const second = stepbench('run', '--resume', 'twice');
    expect(await second.ended).not.toBe(0);
    expect(second.said()).toMatch(/under way/);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
  });
});
