import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

const MAIN = new URL('../../../local/engine/main.ts', import.meta.url).pathname;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes) => {
    output.stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    output.stderr += bytes;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...output }));
  const port = async (): Promise<number> => {
    await Promise.race([expect.poll(() => output.stdout, { timeout: 10_000 }).toContain('\n'), ended]);
    return JSON.parse(output.stdout).listening;
  };
  return { child, ended, port };
}

describe('the engine process', () => {
  it('prints its port as one line of JSON, serves, and ends with 0 on SIGTERM', async () => {
    const { child, ended, port } = start('--port', '0', '--model', 'm', '--seed', '1');
    const url = `http://127.0.0.1:${await port()}`;
    await expect.poll(async () => (await fetch(`${url}/health`)).status, { timeout: 10_000 }).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('says which port is taken, and ends with 1', async () => {
    const first = start();
    const port = await first.port();
    const { code, stdout, stderr } = await start('--port', String(port)).ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
  });

  it('names a bad flag, and ends with 2', async () => {
    const { code, stderr } = await start('--tensor-parallel-size', 'four').ended;
    expect(code).toBe(2);
    expect(stderr).toContain('--tensor-parallel-size must be a whole number');
    expect(stderr).not.toContain('    at ');
  });

  it('dies as it is told to', async () => {
    const { code, stderr } = await start('--fail-at-startup', 'CUDA out of memory', '--startup-duration', '10ms').ended;
    expect(code).toBe(1);
    expect(stderr).toContain('CUDA out of memory');
  });
});
