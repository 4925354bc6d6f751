import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executions } from '#core/ports/executions.ts';
import { explained } from '../store/disk-errors.ts';
import { isOwnerAlive, ownerText } from './process-owner.ts';

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
      await writeFile(file, await ownerText());
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
    return text !== undefined && isOwnerAlive(text);
  }

  #file(execution: string): string {
    return join(this.#folder, `${encodeURIComponent(execution)}.json`);
  }
}

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
