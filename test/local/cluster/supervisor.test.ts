import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RealClock } from '#local/clock/real-clock.ts';
import { byLine, type Order, type Report } from '#local/cluster/runtime/supervision.ts';
import { isAlive } from './process-cloud.ts';
import { untilIn } from './until.ts';

const SUPERVISOR = fileURLToPath(new URL('../../../local/cluster/runtime/supervisor.ts', import.meta.url));
const until = untilIn(new RealClock(), { stepMs: 10, limitMs: 15_000 });

/** Says its grandchild's id, and lives on. */
const FAMILY = `
  const { spawn } = require('node:child_process');
  const stay = 'setInterval(() => {}, 1000)';
  console.log(spawn(process.execPath, ['-e', stay], { detached: true, stdio: 'ignore' }).pid);
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);`;

describe('a supervisor', () => {
  let folder: string;
  let supervisor: ChildProcess;
  let reports: Report[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepbench-test-'));
  });
  afterEach(async () => {
    supervisor.stdin?.end();
    await rm(folder, { recursive: true, force: true });
  });

  async function supervise(code: string, lifeMs = 60_000): Promise<void> {
    reports = [];
    supervisor = spawn(process.execPath, [SUPERVISOR], { stdio: ['pipe', 'pipe', 'inherit'] });
    supervisor.stdout!.on(
      'data',
      byLine((line) => reports.push(JSON.parse(line))),
    );
    const order: Order = {
      command: process.execPath,
      args: ['-e', code],
      env: { PATH: process.env.PATH ?? '' },
      cwd: folder,
      logFile: join(folder, 'log'),
      mark: `test.${process.pid}.${folder}`,
      deadlineMs: Date.now() + lifeMs,
    };
    supervisor.stdin!.write(`${JSON.stringify(order)}\n`);
    await until(async () => reports.length > 0);
  }

  const log = () => readFile(join(folder, 'log'), 'utf8').catch(() => '');
  const started = () => reports.flatMap((report) => ('started' in report ? [report.started] : []));
  const exited = () => reports.flatMap((report) => ('exited' in report ? [report.exited] : []));
  /** The process and its grandchild. */
  async function family(): Promise<number[]> {
    await until(async () => /^\d+\n/.test(await log()));
    return [...started(), Number.parseInt(await log(), 10)];
  }

  it('ends the whole family when the pipe from its kubelet breaks', async () => {
    await supervise(FAMILY);
    const pids = await family();
    expect(pids.map(isAlive)).toEqual([true, true]);
    supervisor.stdin!.destroy();
    await until(async () => !pids.some(isAlive) && supervisor.exitCode === 0);
  });

  it('ends the whole family when the deadline passes, and says that this was why', async () => {
    await supervise(FAMILY, 2_000);
    const pids = await family();
    await until(async () => exited().length === 1);
    expect(exited()[0]).toMatchObject({ pastDeadline: true, signal: 'SIGKILL' });
    await until(async () => !pids.some(isAlive));
  });

  it('asks first, and kills when the grace is over', async () => {
    await supervise(FAMILY);
    const pids = await family();
    supervisor.stdin!.write(`${JSON.stringify({ stop: { graceMs: 100 } })}\n`);
    await until(async () => exited().length === 1);
    expect(exited()[0]).toMatchObject({ pastDeadline: false, signal: 'SIGKILL' });
    await until(async () => !pids.some(isAlive));
  });

  it('lets a polite process end by itself', async () => {
    await supervise(`process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('here');`);
    await until(async () => (await log()).includes('here'));
    supervisor.stdin!.write(`${JSON.stringify({ stop: { graceMs: 10_000 } })}\n`);
    await until(async () => exited().length === 1);
    expect(exited()[0]).toMatchObject({ code: 3, signal: null });
  });

  it('ends what a process leaves behind when it ends by itself', async () => {
    await supervise(`
      const { spawn } = require('node:child_process');
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' });
      console.log(left.pid);
      left.unref();`);
    const pids = await family();
    await until(async () => exited().length === 1);
    expect(exited()[0]).toMatchObject({ code: 0 });
    await until(async () => !pids.some(isAlive));
  });

  it('passes on the port that the process says it listens on, and nothing else that it says', async () => {
    await supervise(`
      console.log('{"listening": "no port"}');
      console.log('{"listening"');
      console.log(JSON.stringify({ listening: 4711 }));`);
    await until(async () => exited().length === 1);
    expect(reports.filter((report) => 'listening' in report)).toEqual([{ listening: 4711 }]);
  });

  it('keeps a log that cannot fill the disk, and its end', async () => {
    await supervise(`
      const line = 'x'.repeat(1023) + '\\n';
      for (let i = 0; i < 16 * 1024; i++) require('node:fs').writeSync(1, line);
      require('node:fs').writeSync(1, 'the end\\n');`);
    await until(async () => exited().length === 1);
    const sizes = await Promise.all(['log', 'log.1'].map(async (name) => (await readFile(join(folder, name))).length));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 1024 * 1024);
    expect((await log()).endsWith('the end\n')).toBe(true);
  });
});
