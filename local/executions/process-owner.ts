import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';

const ownerSchema = z.object({ pid: z.int(), born: z.string() });

/** This process, as it is written beside what ends with it. */
export const ownerText = async (): Promise<string> =>
  JSON.stringify({ pid: process.pid, born: await birthOf(process.pid) });

/** Whether the process that wrote this still runs; not one that was given its id since. */
export async function isOwnerAlive(text: string): Promise<boolean> {
  const owner = parsed(text);
  return owner !== undefined && isAlive(owner.pid) && (await birthOf(owner.pid)) === owner.born;
}

/** Undefined for a file that was cut short: whoever wrote it went down with the machine. */
function parsed(text: string): z.infer<typeof ownerSchema> | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
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

/** Of a process that has ended and whose parent has not asked for it yet. */
const ENDED = new Set(['Z', 'X']);

/** When the process was started, where the system tells: process ids are used again. */
async function birthOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the command in brackets, and may hold spaces; the state is field 3, the start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ENDED.has(fields[0] ?? '') ? 'ended' : (fields[19] ?? '');
}
