import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Functions } from '#core/ports/stack.ts';
import { AwsError } from '#core/stack/errors.ts';
import { throwingAwsErrors } from './errors.ts';

/** Longer than any function of the stack may take: the answer is worth waiting for, a second call is not free. */
const PATIENCE_MS = 320_000;

export function sdkFunctions(region: string): Functions {
  const client = throwingAwsErrors(new LambdaClient({ region, requestHandler: { requestTimeout: PATIENCE_MS } }));
  return {
    invoke: async (name, payload) => {
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) }),
      );
      const answer = parsed(textOf(Payload));
      if (FunctionError !== undefined) throw new AwsError('function-failed', messageOf(answer, FunctionError));
      return answer;
    },
  };
}

/** What has no payload has, as the SDK reads it, an empty object for one. */
const textOf = (payload: unknown): string => (payload instanceof Uint8Array ? new TextDecoder().decode(payload) : '');

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Lambda gives what was thrown as `{errorType, errorMessage, trace}`. */
function messageOf(answer: unknown, otherwise: string): string {
  const { errorType, errorMessage } = (answer ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  if (typeof errorMessage !== 'string') return otherwise;
  return typeof errorType === 'string' ? `${errorType}: ${errorMessage}` : errorMessage;
}
