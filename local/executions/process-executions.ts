import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Executions } from '#core/ports/executions.ts';
import { explained } from '../store/disk-errors.ts';

/**
 * Local executions live as long as their process: each leaves its process id in the store, so that a run
 * whose process was killed can be resumed at once, and one that lives cannot be started twice.
 */
export class ProcessExecutions implements Executions {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws StepBenchError when the store cannot be written. */
  async begin(execution: string): Promise<void> {
    const file = this.#file(execution);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(file, JSON.stringify({ pid: process.pid, born: await birthOf(process.pid) }));
    } catch (error) {
      throw explained(error, file);
    }
  }

  /** Where the file cannot be removed, it ends with its process all the same. */
  async end(execution: string): Promise<void> {
    await rm(this.#file(execution), { force: true }).catch(() => {});
  }

  async isRunning(execution: string): Promise<boolean> {
    const text = await readFile(this.#file(execution), 'utf8').catch(undefinedWhenAbsent);
    const begun = text === undefined ? undefined : parseBegun(text);
    return begun !== undefined && isAlive(begun.pid) && (await birthOf(begun.pid)) === begun.born;
  }

  #file(execution: string): string {
    return join(this.#folder, `${encodeURIComponent(execution)}.json`);
  }
}

const begunSchema = z.object({ pid: z.int(), born: z.string() });

/** Undefined for a file that was cut short: whoever wrote it went down with the machine. */
function parseBegun(text: string): z.infer<typeof begunSchema> | undefined {
  try {
    return begunSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Of a process that has ended and whose parent has not asked for it yet. */
const ENDED = new Set(['Z', 'X']);

/** When the process was started, where the system tells: process ids are used again. */
async function birthOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the command in brackets, and may hold spaces; the state is field 3, the start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ENDED.has(fields[0] ?? '') ? 'ended' : (fields[19] ?? '');
}
