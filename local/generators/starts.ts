import { runCommand } from './command.ts';

/** AIPerf takes half a second of a processor, and a machine that is busy many times as long. */
const ANSWER_SECONDS = 60;

/**
 * Whether a program of an environment that was made earlier still starts, and what it says where it does not: the
 * Python behind it may have been upgraded or removed, files may have been cleared away. One that is only slow starts.
 */
export async function whyNotStarting(program: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await runCommand(program, ['--version'], { timeoutSeconds: ANSWER_SECONDS });
  const couldNotStart = code === null && stderr.startsWith('spawn ');
  if (code === 0 || (code === null && !couldNotStart)) return undefined;
  const last = `${stdout}\n${stderr}`.split(/\r?\n/).findLast((line) => line.trim() !== '');
  return (last ?? `it ended with ${code}`).trim().slice(0, 300);
}
