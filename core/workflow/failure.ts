import type { Failure } from './payload.ts';

export const NO_FAILURE: Failure = { error: '', cause: '' };

/** A Lambda's cause is JSON of its error; people want the message in it. */
export function explain({ error, cause }: Failure): string {
  const message = errorMessage(cause);
  return message === '' ? error : message;
}

function errorMessage(cause: string): string {
  // Cut by the state machine where it was long, so it need not parse.
  const quoted = /"errorMessage"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(cause)?.[1];
  if (quoted === undefined) return cause;
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return cause;
  }
}
