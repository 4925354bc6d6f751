import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildOnce } from '#local/generators/build-once.ts';
import { cacheDirectory } from '#local/generators/cache-directory.ts';
import { runCommand } from '#local/generators/command.ts';
import { findPython } from '#local/generators/python.ts';
import { executable } from '#local/generators/uv.ts';
import { tinyGguf } from './tiny-gguf.ts';

/** Where its one wheel runs. */
export const runsHere = process.platform === 'linux' && process.arch === 'x64';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const SERVE = join(import.meta.dirname, 'serve.py');

/** A server that somebody else wrote: llama.cpp's, from a hash-locked wheel, with a model made here. */
export async function startLlamaServer(key: string, prefix: string): Promise<{ url: string; close(): Promise<void> }> {
  const python = await installed();
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-llama-'));
  const model = join(folder, 'tiny.gguf');
  await writeFile(model, tinyGguf());
  const child = spawn(python, [SERVE, model, key, prefix], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`llama.cpp's server ended with ${code}: ${said.slice(-2000)}`)));
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('{"listening"')) resolve((JSON.parse(line) as { listening: string }).listening);
    });
  });
  return {
    url,
    close: async () => {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function installed(): Promise<string> {
  const python = await findPython();
  const hash = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(python.version)
    .digest('hex');
  const target = join(cacheDirectory(), 'test', `llama-server-${hash.slice(0, 16)}`);
  await buildOnce(target, {
    onWait: () => {},
    build: async (folder) => {
      const run = async (program: string, ...args: string[]) => {
        const { code, stderr } = await runCommand(program, args, { timeoutSeconds: 300 });
        if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
      };
      await run(python.path, '-m', 'venv', folder);
      const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '--only-binary', ':all:'];
      await run(executable(folder, 'python'), ...pip, '-r', REQUIREMENTS);
    },
  });
  return executable(target, 'python');
}
