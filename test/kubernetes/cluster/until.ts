import { setTimeout as delay } from 'node:timers/promises';

/** Empty nodes go after 35 s and drained ones after 30 s more; a machine that is busy takes three times as long. */
const PATIENCE_MS = 240_000;
const PAUSE_MS = 200;

/** Asks a cluster that works by itself until the answer is yes. */
export async function until(check: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await check())) {
    if (performance.now() > deadlineMs) throw new Error(`it did not come to this: ${check}`);
    await delay(PAUSE_MS);
  }
}
