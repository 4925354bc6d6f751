import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executions } from '#core/ports/executions.ts';

/**
 * Local executions live as long as their process: each leaves its process id in the store, so that a run
 * whose process was killed can be resumed at once, and one that lives cannot be started twice.
 */
export class ProcessExecutions implements Executions {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin(execution: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#file(execution), JSON.stringify({ pid: process.pid, born: await birthOf(process.pid) }));
  }

  async end(execution: string): Promise<void> {
    await rm(this.#file(execution), { force: true });
  }

  async isRunning(execution: string): Promise<boolean> {
    const text = await readFile(this.#file(execution), 'utf8').catch(() => undefined);
    if (text === undefined) return false;
    const { pid, born } = JSON.parse(text) as { pid: number; born: string };
    return isAlive(pid) && (await birthOf(pid)) === born;
  }

  #file(execution: string): string {
    return join(this.#folder, `${encodeURIComponent(execution)}.json`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the process was started, where the system tells: process ids are used again. */
async function birthOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the command in brackets, and may hold spaces; the start time is field 22.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
