import { DatabaseSync } from 'node:sqlite';

/** Far beyond any critical section, which is a rename. */
const WAIT_MS = 30_000;

export interface FolderLock {
  /** Runs the section while no other process, thread or caller is in one. */
  exclusively<T>(section: () => T): T;
}

/**
 * A lock file that the kernel releases when its holder dies, kill -9 included. Node has no flock; SQLite's
 * own locking of an empty database is that, on every system. Sections are synchronous, so that callers within
 * this process need no queue; taking the lock costs some microseconds.
 */
export function openFolderLock(path: string): FolderLock {
  const database = new DatabaseSync(path, { timeout: WAIT_MS });
  return {
    exclusively: (section) => {
      database.exec('BEGIN EXCLUSIVE');
      try {
        return section();
      } finally {
        database.exec('ROLLBACK');
      }
    },
  };
}
