/**
 * A Job whose activeDeadlineSeconds passes is killed with everything it measured: artifacts are uploaded
 * after the generator has ended. So the generator is stopped earlier, by its own script, in time to write
 * what it has and to be uploaded.
 */
export interface TimeLimits {
  /** From its start until the generator is asked to end. */
  generatorSeconds: number;
  /** From that request until it is killed. */
  graceSeconds: number;
  /** After which a single request counts as failed. */
  requestSeconds: number;
}

/**
 * A quarter of the cell's time, at most 45 s, is kept for ending (a third of it) and uploading. A request
 * may take a third of what is left: a hang in the warm-up, another while measuring, and the start-up still
 * end in a file that names the timeout rather than in a killed pod.
 */
export function timeLimits(timeoutSeconds: number): TimeLimits {
  const reserve = Math.min(45, timeoutSeconds / 4);
  const generatorSeconds = Math.floor(timeoutSeconds - reserve);
  return {
    generatorSeconds,
    graceSeconds: Math.floor(reserve / 3),
    requestSeconds: Math.max(1, Math.floor(generatorSeconds / 3)),
  };
}
