import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RealClock } from '#local/clock/real-clock.ts';
import { ProcessExecutions } from '#local/executions/process-executions.ts';
import { untilIn } from '#test/local/cluster/until.ts';

const ARN = 'arn:aws:states:local:000000000000:execution:stepbench:night/..*-1';

let folder: string;
let executions: ProcessExecutions;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'executions-'));
  executions = new ProcessExecutions(join(folder, 'executions'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What another process of that id has left. */
async function leave(pid: number, born = ''): Promise<void> {
  await executions.begin(ARN);
  const [file] = await readdir(join(folder, 'executions'));
  await writeFile(join(folder, 'executions', file!), JSON.stringify({ pid, born }));
}

describe('an execution of this machine', () => {
  it('runs from its beginning to its end, whatever characters its name has', async () => {
    expect(await executions.isRunning(ARN)).toBe(false);
    await executions.begin(ARN);
    expect(await executions.isRunning(ARN)).toBe(true);
    expect(await new ProcessExecutions(join(folder, 'executions')).isRunning(ARN)).toBe(true);
    expect(await executions.isRunning(`${ARN}2`)).toBe(false);
    await executions.end(ARN);
    await executions.end(ARN);
    expect(await executions.isRunning(ARN)).toBe(false);
    expect(await readdir(folder)).toEqual(['executions']);
  });

  it('has ended with its process', async () => {
    const child = spawn(process.execPath, ['--eval', '']);
    await once(child, 'exit');
    await leave(child.pid!);
    expect(await executions.isRunning(ARN)).toBe(false);
  });

  it('has ended when another process has got its number since', async () => {
    await leave(process.pid, 'long ago');
    expect(await executions.isRunning(ARN)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('has ended though its parent has not asked how', async () => {
    // The shell becomes a program that never waits for its children.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      const stat = async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ');
      const born = (await stat())[19]!;
      await untilIn(new RealClock(), { stepMs: 5, limitMs: 10_000 })(async () => (await stat())[0] === 'Z');
      await leave(pid, born);
      expect(await executions.isRunning(ARN)).toBe(false);
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
  });

  it.each(['', '{"pid": 1', 'null'])('has ended when the machine went down while it began: %j', async (text) => {
    await leave(process.pid);
    const [file] = await readdir(join(folder, 'executions'));
    await writeFile(join(folder, 'executions', file!), text);
    expect(await executions.isRunning(ARN)).toBe(false);
  });

  it('is not taken for ended when nobody can look', async () => {
    const blocked = new ProcessExecutions(join(folder, 'a file'));
    await writeFile(join(folder, 'a file'), '');
    await expect(blocked.isRunning(ARN)).rejects.toThrow(/ENOTDIR/);
  });
});
