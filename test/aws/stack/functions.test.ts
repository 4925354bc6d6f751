import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sdkFunctions } from '#aws/stack/functions.ts';
import type { Functions } from '#core/ports/stack.ts';
import { FunctionError, type StubFunction, startLambda } from '../stub/lambda.ts';
import { type Stub, StubError } from '../stub/service.ts';
import { pointedAt } from './pointed-at.ts';

let deployed: Map<string, StubFunction>;
let stub: Stub;
let functions: Functions;
beforeEach(async () => {
  deployed = new Map();
  stub = await startLambda(deployed);
  pointedAt({ LAMBDA: stub.url });
  functions = sdkFunctions('us-east-1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stub.close();
});

/** A function that the service refuses to call so often before it lets it run. */
function refused(times: number, error: StubError): StubFunction {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls <= times) throw error;
    return { calls };
  };
}

describe('functions of the stack', () => {
  it('are called by their alias with the event as it is, and give what they return', async () => {
    deployed.set('Status:live', (event) => ({ heard: event }));
    const event = { run: 'monday', text: 'größer 𐍈 "\\ \n', nested: { n: [1, 2.5, null] } };
    expect(await functions.invoke('Status:live', event)).toEqual({ heard: event });
    expect(stub.requests).toHaveLength(1);
  });

  it('may return nothing', async () => {
    deployed.set('Janitor:live', () => undefined);
    expect(await functions.invoke('Janitor:live', {})).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    [
      'an error of its own',
      { errorType: 'ClusterFailed', errorMessage: 'no subnet', trace: [] },
      'ClusterFailed: no subnet',
    ],
    ['no type', { errorMessage: 'Task timed out after 300.00 seconds' }, 'Task timed out after 300.00 seconds'],
    ['nothing that Lambda understood', 'segmentation fault', 'Unhandled'],
    ['nothing at all', '', 'Unhandled'],
  ])('that throw are told apart from AWS’s errors, with what they threw: %s', async (_, payload, message) => {
    deployed.set('Janitor:live', () => {
      throw new FunctionError(payload);
    });
    await expect(functions.invoke('Janitor:live', {})).rejects.toMatchObject({ problem: 'function-failed', message });
    // What threw may have begun its work: it is for the caller to ask again.
    expect(stub.requests).toHaveLength(1);
  });

  it('that are throttled are called again, and run once', async () => {
    deployed.set('Status:live', refused(2, new StubError('TooManyRequestsException', 'Rate exceeded', 429)));
    expect(await functions.invoke('Status:live', {})).toEqual({ calls: 3 });
  });

  it.each([
    ['TooManyRequestsException', 429, 'throttled'],
    ['ServiceException', 500, 'failed'],
    ['ResourceNotFoundException', 404, 'not-found'],
    ['AccessDeniedException', 403, 'denied'],
    ['ExpiredTokenException', 403, 'credentials-expired'],
    ['UnrecognizedClientException', 403, 'credentials-missing'],
    ['InvalidRequestContentException', 400, 'failed'],
  ])('that AWS does not call (%s) end in a problem of the closed set', async (code, status, problem) => {
    deployed.set('Status:live', refused(99, new StubError(code, `told by ${code}`, status)));
    await expect(functions.invoke('Status:live', {})).rejects.toMatchObject({
      name: 'AwsError',
      problem,
      message: expect.stringContaining(`told by ${code}`),
    });
  });

  it('that nobody deployed are not found', async () => {
    await expect(functions.invoke('Nobody:live', {})).rejects.toMatchObject({ problem: 'not-found' });
  });

  it('cannot be reached without a network', async () => {
    await stub.close();
    await expect(functions.invoke('Status:live', {})).rejects.toMatchObject({ problem: 'unreachable' });
    stub = await startLambda(deployed);
  });
});
