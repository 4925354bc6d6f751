import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInfo } from '#core/ports/object-store.ts';
import { explained, isAbsent } from './disk-errors.ts';
import { etagOfFile } from './etag.ts';
import { compareKeys, isReserved } from './keys.ts';

/** Objects whose key begins with the prefix, in the order of keys; one folder in memory at a time. */
export async function* listFolder(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  try {
    yield* walk(root, folder, prefix);
  } catch (error) {
    throw explained(error, join(root, folder));
  }
}

/** Names of the folders right below the prefix that hold an object, however deep. */
export async function* foldersBelow(root: string, prefix: string): AsyncGenerator<string> {
  try {
    for (const { key, isFolder } of await childrenOf(root, prefix)) {
      if (isFolder && (await holdsAnObject(root, key))) yield key.slice(prefix.length, -1);
    }
  } catch (error) {
    throw explained(error, join(root, prefix));
  }
}

async function holdsAnObject(root: string, folder: string): Promise<boolean> {
  for (const { key, isFolder } of await childrenOf(root, folder)) {
    if (!isFolder || (await holdsAnObject(root, key))) return true;
  }
  return false;
}

async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<ObjectInfo> {
  for (const { key, isFolder } of await childrenOf(root, folder)) {
    // `rows/` against the prefix `rows/a`, and `rows/a.json` against it: one begins with the other.
    if (!key.startsWith(prefix) && !(isFolder && prefix.startsWith(key))) continue;
    if (isFolder) yield* walk(root, key, prefix);
    else yield* infoOf(root, key);
  }
}

/** In the order of what is below them: `a-b` comes before `a/`, since `-` comes before `/`. */
async function childrenOf(root: string, folder: string): Promise<{ key: string; isFolder: boolean }[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error): Dirent[] => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && !(folder === '' && isReserved(entry.name)))
    .map((entry) => ({
      key: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`,
      isFolder: entry.isDirectory(),
    }))
    .sort((a, b) => compareKeys(a.key, b.key));
}

async function* infoOf(root: string, key: string): AsyncGenerator<ObjectInfo> {
  const path = join(root, key);
  try {
    const { size } = await stat(path);
    yield { key, size, etag: await etagOfFile(path) };
  } catch (error) {
    // Deleted since its folder was read.
    if (!isAbsent(error)) throw error;
  }
}
