import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { StepBenchError } from '#core/workflow/errors.ts';
import { runCommand } from '#local/generators/command.ts';
import { checkGenerator } from '#local/generators/doctor.ts';
import { isStore } from '#local/store/store-version.ts';
import type { Check } from './check.ts';

/** What a local run needs of a machine, one check each; none of them changes anything. */
export const machineChecks = (storeDir: string): readonly (() => Promise<readonly Check[]>)[] => [
  async () => [node()],
  () => checkGenerator(),
  async () => [await uv()],
  () => checkStore(resolve(storeDir)),
  async () => [await loopback()],
];

const node = (): Check => ({ name: 'node', status: 'ok', detail: `${process.version}, ${process.execPath}` });

async function uv(): Promise<Check> {
  const { code, stdout } = await runCommand('uv', ['--version'], { timeoutSeconds: 20 });
  if (code === 0) return { name: 'uv', status: 'ok', detail: stdout.trim() };
  return { name: 'uv', status: 'warn', detail: 'not on the PATH: the first run installs its own (20 MB)' };
}

/** A quickstart takes some 50 MB; a matrix of a thousand cells a gigabyte. */
const ENOUGH_BYTES = 1e9;
const NEEDED_BYTES = 1e8;

export async function checkStore(folder: string): Promise<Check[]> {
  const existing = await nearestFolder(folder);
  const writable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  const isFolder = (await stat(existing)).isDirectory();
  if (!writable || !isFolder) {
    const detail = `${existing} ${isFolder ? 'cannot be written' : 'is not a folder'}`;
    return [{ name: 'store', status: 'fail', detail, nextStep: 'Name another folder with --store.' }];
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const space: Check = {
    name: 'store space',
    status: free < NEEDED_BYTES ? 'fail' : free < ENOUGH_BYTES ? 'warn' : 'ok',
    detail: `${(free / 1e9).toFixed(1)} GB free in ${existing}`,
    ...(free < ENOUGH_BYTES ? { nextStep: 'Free some, or name a folder on another disk with --store.' } : {}),
  };
  return [await storeVersion(folder, existing), space];
}

async function storeVersion(folder: string, existing: string): Promise<Check> {
  if (existing !== folder) return { name: 'store', status: 'ok', detail: `${folder} will be made by the first run` };
  try {
    const detail = (await isStore(folder)) ? folder : `${folder} is empty: the first run makes it a store`;
    return { name: 'store', status: 'ok', detail };
  } catch (error) {
    const nextStep = error instanceof StepBenchError ? error.nextStep : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const detail = nextStep === undefined ? message : message.replace(nextStep, '').trim();
    return { name: 'store', status: 'fail', detail, nextStep: nextStep ?? 'Name another folder with --store.' };
  }
}

/** The folder itself, or the one in which it would be made. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const there = await access(at).then(
      () => true,
      () => false,
    );
    if (there || at === dirname(at)) return at;
  }
}

async function loopback(): Promise<Check> {
  const { promise, resolve: settle } = Promise.withResolvers<Check>();
  const server = createServer();
  server.on('error', (error) =>
    settle({
      name: 'loopback',
      status: 'fail',
      detail: `no port of 127.0.0.1 can be opened (${error.message})`,
      nextStep: 'Engines and load generators meet there: look at the firewall or the container.',
    }),
  );
  server.listen(0, '127.0.0.1', () => {
    server.close();
    settle({ name: 'loopback', status: 'ok', detail: 'ports of 127.0.0.1 can be opened' });
  });
  return promise;
}
