import type { Cli } from '../cli.ts';

/** A cluster takes some ten minutes to go, a stack with a VPC as long again. */
const PATIENCE_MS = 45 * 60_000;
export const PATIENCE_MINUTES = PATIENCE_MS / 60_000;
const PAUSE_MS = 15_000;

/**
 * Asks until it is so.
 * @returns whether it is, before patience was over.
 */
export async function until(
  cli: Pick<Cli, 'pause' | 'nowMs' | 'stderr'>,
  what: string,
  isSo: () => Promise<boolean>,
): Promise<boolean> {
  const untilMs = cli.nowMs() + PATIENCE_MS;
  if (await isSo()) return true;
  cli.stderr.write(`Please wait: ${what}.\n`);
  while (cli.nowMs() < untilMs) {
    await cli.pause(PAUSE_MS);
    if (await isSo()) return true;
  }
  return false;
}
