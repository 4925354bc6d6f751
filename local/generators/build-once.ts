import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

interface BuildOptions {
  /** Builds into the folder; it is moved to its place only when this has succeeded. */
  build: (folder: string) => Promise<void>;
  /** Called once when another process is building the same. */
  onWait: () => void;
  /** Whether what is there can be used; else it is built anew, and stays until that has succeeded. */
  isUsable?: (folder: string) => Promise<boolean>;
}

/**
 * A folder that is there whole or not at all, built by one process at a time. The lock is a transaction on an
 * empty SQLite file, because Node has no flock: the kernel drops it when its holder dies. What a dead holder
 * left half-made has another name, and is cleared by the next.
 */
export async function buildOnce(target: string, options: BuildOptions): Promise<void> {
  const { build, onWait, isUsable = async () => true } = options;
  const isThere = async () => existsSync(target) && (await isUsable(target));
  if (await isThere()) return;
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  const release = await lock(`${target}.lock`, onWait);
  try {
    if (await isThere()) return;
    await clear(parent, `${basename(target)}.part-`);
    const folder = await mkdtemp(`${target}.part-`);
    try {
      await build(folder);
      await rm(target, { recursive: true, force: true });
      await rename(folder, target);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  } finally {
    release();
  }
}

async function clear(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  await Promise.all(names.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

async function lock(path: string, onWait: () => void): Promise<() => void> {
  const database = new DatabaseSync(path, { timeout: 0 });
  for (let tries = 0; ; tries += 1) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return () => database.close();
    } catch (error) {
      if (!(error instanceof Error) || !/locked|busy/i.test(error.message)) {
        database.close();
        throw error;
      }
      if (tries === 0) onWait();
      await sleep(POLL_MS);
    }
  }
}
