import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce } from './build-once.ts';
import { runCommand } from './command.ts';
import { installError } from './install-errors.ts';
import type { Python } from './python.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements', 'uv.txt');
const MINUTES = 60;
/** The first with `uv venv --relocatable`. */
const OLDEST = [0, 3] as const;

/** The uv of this machine, else our own, pinned, in the cache. @returns the path of its executable. */
export async function ensureUv(
  cacheDir: string,
  python: Python,
  onProgress: (message: string) => void,
): Promise<string> {
  const own = await runCommand('uv', ['--version'], { timeoutSeconds: 20 });
  if (own.code === 0 && isRecent(own.stdout)) return 'uv';
  const hash = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(python.version)
    .digest('hex');
  const target = join(cacheDir, 'generators', `uv-${hash.slice(0, 16)}`);
  await buildOnce(target, {
    onWait: () => onProgress('Waiting for another StepBench that installs uv'),
    build: async (folder) => {
      onProgress('Installing uv (20 MB), to install the load generator with');
      // Moved afterwards: its scripts then name a folder that is gone, but uv is a binary.
      const venv = await runCommand(python.path, ['-m', 'venv', folder], { timeoutSeconds: 2 * MINUTES });
      if (venv.code !== 0) throw installError('uv', venv);
      const install = await runCommand(
        executable(folder, 'python'),
        ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:', '-r', REQUIREMENTS],
        { timeoutSeconds: 10 * MINUTES },
      );
      if (install.code !== 0) throw installError('uv', install);
    },
  });
  return executable(target, 'uv');
}

export const executable = (venv: string, name: string): string =>
  process.platform === 'win32' ? join(venv, 'Scripts', `${name}.exe`) : join(venv, 'bin', name);

function isRecent(output: string): boolean {
  const [, major, minor] = /^uv (\d+)\.(\d+)/.exec(output) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST[0] || Number(minor) >= OLDEST[1];
}
