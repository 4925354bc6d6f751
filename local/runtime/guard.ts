import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { ClusterTarget } from '#core/workflow/payload.ts';
import type { Pending } from '#core/workflow/tasks.ts';
import type { TimerClock } from '../clock/timer-clock.ts';
import type { InvokeTask } from './runtime.ts';

export interface GuardedRun {
  run: string;
  execution: string;
  cluster: ClusterTarget;
  reason: string;
}

const PAUSE_MS = 1_000;
/** Ten minutes: a drain that takes all its time. */
const RELEASE_TRIES = 600;
/** Rows that cannot be written must not keep the nodes. */
const FINALIZE_TRIES = 20;

/**
 * What the failure rule does in AWS when an execution fails, times out or is aborted: FinalizeRun and
 * ReleaseRun, each asked until nothing remains. True when everything was released.
 */
export async function guard(
  invoke: InvokeTask,
  clock: TimerClock,
  { run, execution, cluster, reason }: GuardedRun,
): Promise<boolean> {
  const failure = reason === '' ? NO_FAILURE : { error: 'Interrupted', cause: reason };
  const done = async (task: 'FinalizeRun' | 'ReleaseRun', input: unknown) =>
    ((await invoke(task, input)) as Pending).status === 'done';
  const finalize = () => until(clock, FINALIZE_TRIES, () => done('FinalizeRun', { run, execution, failure }));
  const finalized = await finalize();
  const released = await until(clock, RELEASE_TRIES, () => done('ReleaseRun', { run, execution, cluster }));
  if (!finalized) await finalize();
  return released;
}

/** A step that throws is asked again: letting go is what must not be given up. */
async function until(clock: TimerClock, tries: number, step: () => Promise<boolean>): Promise<boolean> {
  for (let tried = 0; tried < tries; tried++) {
    const done = await clock.busy(step).catch(() => false);
    if (done) return true;
    await clock.sleep(PAUSE_MS);
  }
  return false;
}
