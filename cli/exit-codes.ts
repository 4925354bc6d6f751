/** Documented in --help and in the README. */
export const ExitCode = {
  Succeeded: 0,
  Failed: 1,
  /** Bad input, or over budget: nothing was started. */
  BadInput: 2,
  /** Some cells were measured, others were not. */
  Partial: 3,
  /** Ctrl-C, as a shell has it: 128 and the signal. */
  Interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
