import { readdirSync, readFileSync } from 'node:fs';

/**
 * Every process of a container carries this variable, and so do its descendants, whatever process group or
 * session they moved to.
 */
export const MARK = 'STEPBENCH_CONTAINER';

/**
 * Ids of live processes whose mark begins with this. Linux only: elsewhere a process's environment cannot be
 * read, the answer is empty, and the process group has to do.
 */
export function markedProcesses(markPrefix: string): number[] {
  const wanted = `${MARK}=${markPrefix}`;
  return processIds().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .some((variable) => variable.startsWith(wanted));
    } catch {
      return false; // Ended meanwhile, or somebody else's.
    }
  });
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Kills what carries the mark, and what that started in the meantime. */
export function killMarked(markPrefix: string): void {
  for (let round = 0; round < 20; round++) {
    const pids = markedProcesses(markPrefix);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, 'SIGKILL');
  }
}

/** @param pid negative for a process group. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
