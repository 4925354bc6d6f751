import { StateFailure, StatesError } from '../run/failure.ts';

/** One of the two ways in which a Task calls a function, with the events that AWS records for it. */
export interface Integration {
  /** In the causes of failures. */
  readonly name: string;
  readonly events: { scheduled: string; started: string; succeeded: string; failed: string; timedOut: string };
  /** What every event of the task carries. */
  readonly labels: Record<string, string> | undefined;
  /** What the task's arguments ask for. */
  call(argumentsValue: unknown): { functionName: string; payload: unknown };
  scheduled(argumentsValue: unknown): Record<string, unknown>;
  /** `$states.result` for what the function returned. */
  result(payload: unknown): unknown;
}

/** `arn:aws:states:::lambda:invoke`. */
export const invokeIntegration: Integration = {
  name: 'lambda',
  events: {
    scheduled: 'TaskScheduled',
    started: 'TaskStarted',
    succeeded: 'TaskSucceeded',
    failed: 'TaskFailed',
    timedOut: 'TaskTimedOut',
  },
  labels: { resource: 'invoke', resourceType: 'lambda' },
  call(value) {
    const { FunctionName: functionName, Payload: payload = {} } = (value ?? {}) as Record<string, unknown>;
    if (typeof functionName !== 'string') {
      throw new StateFailure(
        StatesError.Runtime,
        `The Arguments '${JSON.stringify(value)}' could not be used to start the Task: FunctionName must be text`,
      );
    }
    return { functionName, payload };
  },
  scheduled: (parameters) => ({ parameters }),
  result: (payload) => ({ ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 }),
};

/** A function's own ARN as the resource: arguments and result are the payloads themselves. */
export const directIntegration = (resource: string): Integration => ({
  name: resource,
  events: {
    scheduled: 'LambdaFunctionScheduled',
    started: 'LambdaFunctionStarted',
    succeeded: 'LambdaFunctionSucceeded',
    failed: 'LambdaFunctionFailed',
    timedOut: 'LambdaFunctionTimedOut',
  },
  labels: undefined,
  call: (payload) => ({ functionName: resource, payload }),
  scheduled: (input) => ({ input, resource }),
  result: (payload) => payload,
});

/** What a function throws, as Lambda reports it: the error's name, and a JSON text as the cause. */
export const lambdaFailure = (thrown: unknown): StateFailure => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const cause = JSON.stringify({
    errorMessage: error.message,
    errorType: error.name,
    trace: error.stack?.split('\n').map((line) => line.trim()) ?? [],
  });
  return new StateFailure(error.name, cause);
};
