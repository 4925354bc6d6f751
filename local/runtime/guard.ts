import { ErrorName, isStoreUnusable } from '#core/workflow/errors.ts';
import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { ClusterTarget } from '#core/workflow/payload.ts';
import type { TaskName, TaskOutput } from '#core/workflow/task-signatures.ts';
import { TASKS } from '#core/workflow/tasks.ts';
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
/** A store that is full, or denied, stays so until a person has seen to it. */
const UNUSABLE_STORE_TRIES = 3;

export interface Guarded {
  /** Nothing of the run is left. */
  released: boolean;
  /** What could not be written down, for people. */
  warnings: string[];
}

/**
 * What the failure rule does in AWS when an execution fails, times out or is aborted: FinalizeRun and
 * ReleaseRun, each asked until nothing remains. One that hangs is left as its function would be ended there, and keeps
 * no node.
 */
export async function guard(
  invoke: InvokeTask,
  clock: TimerClock,
  { run, execution, cluster, reason }: GuardedRun,
): Promise<Guarded> {
  const failure = reason === '' ? NO_FAILURE : { error: ErrorName.Interrupted, cause: reason };
  const warnings: string[] = [];
  const finalize = () =>
    until(clock, 'FinalizeRun', FINALIZE_TRIES, async () => {
      const { status } = (await invoke('FinalizeRun', { run, execution, failure })) as TaskOutput<'FinalizeRun'>;
      return status === 'done';
    });
  const release = async () => {
    const output = (await invoke('ReleaseRun', { run, execution, cluster })) as TaskOutput<'ReleaseRun'>;
    warnings.push(...output.warnings);
    return output.status === 'done';
  };
  let finalized = await finalize();
  const released = await until(clock, 'ReleaseRun', RELEASE_TRIES, release);
  if (!finalized.done) finalized = await finalize();
  if (!finalized.done) warnings.push(`What was measured could not be finalized: ${finalized.because}`);
  return { released: released.done, warnings };
}

/** A step that throws is asked again: letting go is what must not be given up. */
async function until(
  clock: TimerClock,
  task: TaskName,
  tries: number,
  step: () => Promise<boolean>,
): Promise<{ done: boolean; because: string }> {
  let unusable = 0;
  let because = 'it takes too long.';
  for (let tried = 0; tried < tries; tried++) {
    const done = await bounded(clock, TASKS[task].timeoutSeconds, clock.busy(step)).catch((error: unknown) => {
      because = error instanceof Error ? error.message : String(error);
      if (isStoreUnusable(error)) unusable += 1;
      // It took the time of as many.
      if (error instanceof NoAnswer) tried += TASKS[task].timeoutSeconds;
      return false;
    });
    if (done) return { done, because };
    if (unusable === UNUSABLE_STORE_TRIES) break;
    await clock.sleep(PAUSE_MS);
  }
  return { done: false, because };
}

class NoAnswer extends Error {}

/** @throws NoAnswer after so long; the work goes on, and nobody waits for it. */
function bounded<T>(clock: TimerClock, seconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(seconds * 1000, () => reject(new NoAnswer(`there was no answer for ${seconds} s.`)));
    work.then(resolve, reject).finally(cancel);
  });
}
