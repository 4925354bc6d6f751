import { spawn } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactFiles } from '#core/generators/artifacts.ts';
import type { Invocation } from '#core/generators/generator.ts';

export interface LoadRun {
  folder: string;
  /** Of the load script. */
  exitCode: number | null;
  output: string;
}

/** Runs a load container as a kubelet does: `$(NAME)` expanded in order, no shell. */
export async function runLoad(
  invocation: Invocation,
  {
    engineUrl,
    env,
    stopWhen,
    before,
  }: {
    engineUrl: string;
    env: Record<string, string>;
    stopWhen?: (() => boolean) | undefined;
    /** Fills the folder of the artifacts, which is empty otherwise. */
    before?: (folder: string) => Promise<void>;
  },
): Promise<LoadRun> {
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-load-'));
  await before?.(folder);
  const variables: Record<string, string> = { ARTIFACT_DIR: folder, ENGINE_URL: engineUrl };
  const expand = (text: string) =>
    text.replaceAll(/\$\(([A-Z_]+)\)/g, (whole, name: string) => variables[name] ?? whole);
  for (const [name, value] of Object.entries(invocation.env)) variables[name] = expand(value);
  const [command, ...rest] = [...invocation.command, ...invocation.args.map(expand)];
  const child = spawn(command as string, rest, {
    env: { ...process.env, ...env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const watch = setInterval(() => {
    if (stopWhen?.() !== true) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 50);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  return { folder, exitCode, output };
}

export const artifactsIn = (folder: string): ArtifactFiles => ({
  list: async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  read: async (name) =>
    existsSync(join(folder, name)) ? new Uint8Array(await readFile(join(folder, name))) : undefined,
  stream: async (name) => (existsSync(join(folder, name)) ? createReadStream(join(folder, name)) : undefined),
});
