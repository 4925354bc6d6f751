import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** With less than this nothing of use can be written: a log, an exit code, a page of results. */
const FULL_BYTES = 1024 * 1024;

/**
 * Why a node cannot keep a pod that has failed, as a kubelet says it when it evicts one for want of ephemeral storage:
 * a program that cannot write dies of anything, and what it says of it cannot be written either.
 */
export function fullDisk(folder: string, statfs: typeof statfsSync = statfsSync): string | undefined {
  const there = nearest(folder);
  try {
    const { bavail, bsize } = statfs(there);
    if (bavail * bsize >= FULL_BYTES) return undefined;
    return `The disk of ${there} is full (the node was low on resource: ephemeral-storage). Free some space, or name a folder on another disk in TMPDIR, and resume the run.`;
  } catch {
    return undefined;
  }
}

/** The folder may be what could not be made. */
const nearest = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
