import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { isOwnerAlive, ownerText } from '../executions/process-owner.ts';

const PREFIX = 'stepbench-';
const OWNER = 'owner.json';

/** A folder among the machine's temporary ones, with the process in it that it ends with. */
export async function makeWorkFolder(parent: string = tmpdir()): Promise<string> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(parent, PREFIX));
    await writeFile(join(folder, OWNER), JSON.stringify({ host: hostname(), process: await ownerText() }));
    return folder;
  } catch (error) {
    // Without its owner it would never be swept.
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    const said = error instanceof Error ? error.message : String(error);
    throw new StepBenchError(
      ErrorName.WorkFolderFailed,
      `Nothing can be put into the temporary folder ${parent}: ${said}.`,
      {
        cause: error,
        nextStep: `${isFull(error) ? 'Free some space there' : 'Make it one that can be written'}, or name another folder in TMPDIR, and start again.`,
      },
    );
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code));

/** Those whose process was killed, so that nobody took them away; of another machine that shares the folder, none. */
export async function sweepWorkFolders(parent: string = tmpdir()): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    if (!(await isAbandoned(join(parent, name)))) continue;
    // Of another user perhaps.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as { host?: unknown; process?: unknown };
    return owner.host === hostname() && typeof owner.process === 'string' && !(await isOwnerAlive(owner.process));
  } catch {
    return false;
  }
}

/**
 * A Unix socket's path holds 103 bytes on macOS and 107 on Linux, and AIPerf puts some of 50 into its temporary
 * folder (`tmp12345678/aiperf/credit_return_push_pull.ipc`, with a number against collisions).
 */
const LONGEST_FOR_SOCKETS = 50;

/**
 * Where the generators leave what they do not clear away: in the work folder, so that it goes with that. Undefined
 * where that is too deep for their sockets, as a pod's own folder always is.
 */
export async function temporaryFolder(workFolder: string): Promise<string | undefined> {
  const folder = join(workFolder, 'tmp');
  if (folder.length > LONGEST_FOR_SOCKETS) return undefined;
  await mkdir(folder);
  return folder;
}
