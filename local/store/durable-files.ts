import { randomUUID } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the store does with its disk while nobody can see the file yet; a test puts a full disk in its place. */
export interface DurableFiles {
  /** Writes a new file, and returns when it is on the disk. */
  writeNew(path: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
}

export const durableFiles: DurableFiles = {
  writeNew: async (path, body) => {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
  },
};

/** A rename is on the disk when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export const newTemporaryName = (): string => `${process.pid}-${randomUUID()}`;

/** No write takes this long: such a file was left by a process that was killed. */
const ABANDONED_AFTER_MS = 3_600_000;

export async function removeAbandoned(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined && nowMs - info.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
  }
}
