import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { type ErrorKind, kindOf } from './kinds.ts';
import { redact } from './redact.ts';

export interface AwsCall {
  /** As people know it: `s3:PutObject s3://bucket/key`. */
  api: string;
  /** Name of what no retry mends: the state machine knows by it what that means for the run. */
  terminal: ErrorName;
}

const NEXT_STEPS: Partial<Record<ErrorKind, string>> = {
  credentials: 'Renew the credentials and check the clock of this machine, then try again.',
  denied:
    'The role of this function (or of the caller) lacks that permission: deploy the stack again, or ask who manages the account about policies above it.',
};

/** Calls AWS. @throws StepBenchError Retryable, or `terminal` with what was asked of which API and what to do. */
export async function calling<T>(call: AwsCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromAws(error, call);
  }
}

/** Errors that are ours already pass as they are. */
export function fromAws(error: unknown, { api, terminal }: AwsCall): StepBenchError {
  if (error instanceof StepBenchError) return error;
  const kind = kindOf(error);
  const retryable = kind === 'throttled' || kind === 'unavailable';
  const nextStep = NEXT_STEPS[kind];
  return new StepBenchError(
    retryable ? ErrorName.Retryable : terminal,
    `${api} ${WORDS[kind]}: ${said(error, kind)}.`,
    {
      // Not the error itself: it carries the request and the response.
      cause: new Error(said(error, kind)),
      ...(nextStep === undefined ? {} : { nextStep }),
    },
  );
}

const WORDS: Record<ErrorKind, string> = {
  throttled: 'was throttled',
  unavailable: 'did not answer as it should',
  credentials: 'did not take the credentials',
  denied: 'is not allowed',
  refused: 'was refused',
};

function said(error: unknown, kind: ErrorKind): string {
  if (!(error instanceof Error)) return redact(String(error)).slice(0, 500);
  // To a bad signature AWS answers with the whole canonical request.
  if (kind === 'credentials') return error.name;
  const message = redact(error.message).trim().replace(/\.$/, '').slice(0, 1000);
  return message === '' || message === error.name ? error.name : `${error.name}: ${message}`;
}
