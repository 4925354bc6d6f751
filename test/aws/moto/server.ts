import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installMoto } from './install.ts';

export interface MotoServer {
  url: string;
  /** Forgets everything that was made. */
  reset(): Promise<void>;
  /** moto's own way of being told what to answer: seeded query results, state transitions. */
  tell(path: string, body: unknown): Promise<void>;
  stop(): Promise<void>;
}

/** A server of AWS's APIs, in memory. */
export async function startMoto(): Promise<MotoServer> {
  const python = await installMoto();
  const child = spawn(python, [join(import.meta.dirname, 'serve.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error(`moto ended while it started:\n${said}`))),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const tell = async (path: string, body: unknown) => {
    const response = await fetch(`${url}/moto-api/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`moto answered ${response.status} to ${path}: ${await response.text()}`);
  };
  return {
    url,
    tell,
    reset: () => tell('reset', {}),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
