import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildOnce } from '#local/generators/build-once.ts';
import { cacheDirectory } from '#local/generators/cache-directory.ts';
import { runCommand } from '#local/generators/command.ts';
import { findPython } from '#local/generators/python.ts';
import { ensureUv, executable } from '#local/generators/uv.ts';

/**
 * A Python with what a hash-locked list names: downloaded once, kept in the user's cache under the list's hash.
 * @param requirements path of the list.
 * @returns the path of that Python.
 */
export async function pythonEnvironment(name: string, requirements: string): Promise<string> {
  const python = await findPython();
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .update(python.version)
    .digest('hex');
  const cache = cacheDirectory();
  const folder = join(cache, 'test-support', `${name}-${hash.slice(0, 12)}`);
  await buildOnce(folder, {
    build: async (part) => {
      const uv = await ensureUv(cache, python, (line) => console.log(line));
      const environment = { ...process.env, UV_PYTHON_DOWNLOADS: 'never' };
      const run = async (...args: string[]) => {
        const { code, stderr } = await runCommand(uv, args, { timeoutSeconds: 600, environment });
        if (code !== 0) throw new Error(`uv ${args[0]} ended with ${code ?? 'a signal'}:\n${stderr.slice(-2000)}`);
      };
      // Relocatable, because it is moved to its place when it is whole.
      await run('venv', '--quiet', '--relocatable', '--python', python.path, part, '--allow-existing');
      const into = ['--python', executable(part, 'python'), '--no-deps', '--require-hashes', '--only-binary', ':all:'];
      await run('pip', 'install', '--quiet', ...into, '-r', requirements);
    },
    onWait: () => console.log(`another process is installing the same ${name}`),
  });
  return executable(folder, 'python');
}
