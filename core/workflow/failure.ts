import type { Failure } from './payload.ts';

export const NO_FAILURE: Failure = { error: '', cause: '' };

/** A Lambda's cause is JSON of its error; people want the message in it. */
export function explain({ error, cause }: Failure): string {
  const message = errorMessage(cause);
  return message === '' ? error : message;
}

function errorMessage(cause: string): string {
  // The state machine cuts a long cause anywhere: in the trace, or in the message, whose end is missing then.
  const message = /"errorMessage"\s*:\s*"((?:[^"\\]|\\u[\da-fA-F]{4}|\\[^u])*)/.exec(cause)?.[1];
  if (message === undefined) return cause;
  try {
    return JSON.parse(`"${message}"`) as string;
  } catch {
    return cause;
  }
}
