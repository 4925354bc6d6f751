import { createReadStream, linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ObjectStore, PutCondition } from '#core/ports/object-store.ts';
import { ErrorName, PreconditionFailedError, StepBenchError } from '#core/workflow/errors.ts';
import { explained, isAbsent, isTaken, notAFolder } from './disk-errors.ts';
import { type DurableFiles, durableFiles, newTemporaryName, removeAbandoned, syncFolder } from './durable-files.ts';
import { etagOf } from './etag.ts';
import { foldersBelow, listFolder } from './folder-listing.ts';
import { openFolderLock } from './folder-lock.ts';
import { checkKey, checkPrefix, OWN_FOLDER, VERSION_FILE } from './keys.ts';
import { isStore, versionFileText } from './store-version.ts';

export interface FolderStore extends ObjectStore {
  /** Absolute, without symbolic links. */
  readonly root: string;
  /** A file of this machine, of whatever size: it is copied piece by piece. */
  putFile(key: string, from: string): Promise<void>;
  /** @throws StepBenchError StoreDenied or StoreFull when nothing could be put now. */
  assertWritable(): Promise<void>;
}

/**
 * A bucket in a folder: an object is a file at its key. A put is seen whole or not at all, is on the disk when
 * it returns, and its conditions hold between processes. Unlike a bucket, a folder cannot hold both `a` and `a/b`.
 *
 * @throws StepBenchError SchemaVersion when the folder is a store of another version or no store, StoreFull,
 * StoreDenied or StoreFailed when it cannot be used.
 */
export async function openFolderStore(folder: string, files: DurableFiles = durableFiles): Promise<FolderStore> {
  const wanted = resolve(folder);
  await makeFolder(wanted);
  try {
    const root = await realpath(wanted);
    const exists = await isStore(root);
    const temporary = join(root, OWN_FOLDER, 'tmp');
    await makeFolder(temporary);
    await removeAbandoned(temporary, Date.now());
    const lock = openFolderLock(join(root, OWN_FOLDER, 'lock'));
    if (!exists) await markAsStore(root, temporary, files);
    return folderStore(root, temporary, lock, files);
  } catch (error) {
    throw explained(error, wanted);
  }
}

/** One after the other: of several at once Node says on a read-only disk that they are absent, and on some never ends. */
async function makeFolder(path: string): Promise<void> {
  try {
    if (await exists(path)) {
      if (!(await stat(path)).isDirectory()) throw notAFolder(path);
      return;
    }
    await makeFolder(dirname(path));
    await mkdir(path).catch((error) => {
      if (!isTaken(error)) throw error;
    });
  } catch (error) {
    throw explained(error, path);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function markAsStore(root: string, temporary: string, files: DurableFiles): Promise<void> {
  const path = join(temporary, newTemporaryName());
  await files.writeNew(path, Buffer.from(versionFileText()));
  try {
    linkSync(path, join(root, VERSION_FILE));
  } catch (error) {
    // Another process opened the same new folder at the same time, and wrote the same.
    if (!isTaken(error)) throw error;
  } finally {
    rmSync(path, { force: true });
  }
}

function folderStore(
  root: string,
  temporary: string,
  lock: ReturnType<typeof openFolderLock>,
  files: DurableFiles,
): FolderStore {
  const pathOf = (key: string) => {
    checkKey(key);
    return join(root, key);
  };
  const guarded = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      await refuseLinks(root, path);
      return await work();
    } catch (error) {
      throw explained(error, path);
    }
  };

  return {
    root,
    bucket: root,
    locate: pathOf,

    get: async (key) => {
      const path = pathOf(key);
      return guarded(path, async () => {
        const body = await readFile(path).catch(undefinedWhenAbsent);
        return body && { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength), etag: etagOf(body) };
      });
    },

    stream: async (key) => {
      const path = pathOf(key);
      return guarded(path, async () => {
        const info = await stat(path).catch(undefinedWhenAbsent);
        return info?.isFile() ? chunksOf(path) : undefined;
      });
    },

    put: async (key, body, condition = {}) => {
      const path = pathOf(key);
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      return guarded(path, async () => {
        const written = join(temporary, newTemporaryName());
        try {
          await files.writeNew(written, bytes);
          lock.exclusively(() => publish(written, path, key, condition));
          await syncFolder(dirname(path));
        } finally {
          await rm(written, { force: true });
        }
        return { etag: etagOf(bytes) };
      });
    },

    putFile: async (key, from) => {
      const path = pathOf(key);
      await guarded(path, async () => {
        const written = join(temporary, newTemporaryName());
        try {
          await files.writeNew(written, chunksOf(from));
          lock.exclusively(() => publish(written, path, key, {}));
          await syncFolder(dirname(path));
        } finally {
          await rm(written, { force: true });
        }
      });
    },

    assertWritable: () =>
      guarded(root, async () => {
        const written = join(temporary, newTemporaryName());
        try {
          await files.writeNew(written, Buffer.from(versionFileText()));
          lock.exclusively(() => {});
        } finally {
          await rm(written, { force: true });
        }
      }),

    list: (prefix) => {
      checkPrefix(prefix);
      return listFolder(root, prefix);
    },

    folders: (prefix) => {
      checkPrefix(prefix);
      return foldersBelow(root, prefix);
    },

    delete: async (key) => {
      const path = pathOf(key);
      await guarded(path, async () => {
        lock.exclusively(() => remove(root, path));
      });
    },
  };
}

/**
 * Makes a written file the object, if the condition holds at this moment. Runs under the store's lock, with the
 * making of folders in it too: remove() takes empty ones away.
 */
function publish(written: string, path: string, key: string, { ifAbsent, ifEtag }: PutCondition): void {
  if (ifEtag !== undefined) {
    const found = etagOfSync(path);
    if (found !== ifEtag) {
      throw new PreconditionFailedError(
        `${key} ${found === undefined ? 'is not there any more' : 'has changed'} since it was read.`,
      );
    }
  }
  if (ifAbsent && statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new PreconditionFailedError(`${key} is there already.`);
  }
  mkdirSync(dirname(path), { recursive: true });
  renameSync(written, path);
}

function remove(root: string, path: string): void {
  try {
    rmSync(path);
  } catch (error) {
    if (isAbsent(error) || isFolder(error)) return;
    throw error;
  }
  try {
    for (let folder = dirname(path); folder !== root; folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // Not empty: there are other objects.
  }
}

function etagOfSync(path: string): string | undefined {
  try {
    return etagOf(readFileSync(path));
  } catch (error) {
    return undefinedWhenAbsent(error);
  }
}

/** Opened when it is read from: a stream that fails before anybody listens ends the process. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
  } catch (error) {
    throw explained(error, path);
  }
}

function undefinedWhenAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}

/** rm of a folder without `recursive` has a code of Node's own. */
const isFolder = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ERR_FS_EISDIR';

/** A symbolic link inside the store would lead a key out of it. */
async function refuseLinks(root: string, path: string): Promise<void> {
  for (let existing = path; existing.length > root.length; existing = dirname(existing)) {
    const real = await realpath(existing).catch(undefinedWhenAbsent);
    if (real === existing) return;
    if (real !== undefined) {
      throw new StepBenchError(
        ErrorName.StoreFailed,
        `${existing} is a link to ${real}: the store does not follow it.`,
        {
          nextStep: 'Remove the link.',
        },
      );
    }
  }
}
