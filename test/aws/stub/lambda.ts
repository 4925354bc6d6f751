import { type Stub, StubError, startStub } from './service.ts';

/** What a function does with an event. */
export type StubFunction = (event: unknown) => unknown;

/** Thrown by a function: what Lambda then answers, with status 200. */
export class FunctionError extends Error {
  readonly payload: string;
  constructor(payload: unknown) {
    super('function error');
    this.payload = typeof payload === 'string' ? payload : JSON.stringify(payload);
  }
}

const INVOCATIONS = /^\/2015-03-31\/functions\/([A-Za-z0-9-_:]{1,140})\/invocations$/;

/**
 * Lambda's Invoke, waited for. A function that throws is an answer with status 200 and a header; one that is not there,
 * or may not be called now, is an error of the service. It refuses an event that is no JSON.
 */
export const startLambda = (functions: Map<string, StubFunction>): Promise<Stub> =>
  startStub({
    signingName: 'lambda',
    answer: async ({ method, path, headers, body }) => {
      const [, name = ''] = INVOCATIONS.exec(path) ?? [];
      const run = functions.get(name);
      if (method !== 'POST' || run === undefined) {
        throw new StubError('ResourceNotFoundException', `Function not found: ${name}`, 404);
      }
      const kind = headers['x-amz-invocation-type'] ?? 'RequestResponse';
      if (kind !== 'RequestResponse') throw new StubError('InvalidParameterValueException', `InvocationType ${kind}`);
      try {
        const output = await run(eventIn(body));
        return { headers: ANSWER, body: output === undefined ? '' : JSON.stringify(output) };
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        return { headers: { ...ANSWER, 'x-amz-function-error': 'Unhandled' }, body: error.payload };
      }
    },
    refuse: ({ code, message, status }) => ({
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: 'User', Message: message }),
    }),
  });

const ANSWER = { 'content-type': 'application/json', 'x-amz-executed-version': '7' };

function eventIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new StubError('InvalidRequestContentException', 'Could not parse request body into json');
  }
}
