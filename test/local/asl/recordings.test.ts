import { describe, expect, it } from 'vitest';
import { startExecution } from '#local/asl/execution.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import recordings from '../../fixtures/asl-recordings.json' with { type: 'json' };

interface RecordedEvent {
  id: number;
  previousEventId: number;
  type: string;
  [details: string]: unknown;
}

interface Recording {
  source: string;
  definition: unknown;
  input: string;
  events: RecordedEvent[];
}

const endings: Record<string, string> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionAborted: 'ABORTED',
  ExecutionTimedOut: 'TIMED_OUT',
};

/** What the recorder replaced, since it differs from run to run. */
const isPlaceholder = (value: unknown): boolean =>
  typeof value === 'string' &&
  (/^<.*>$/.test(value) ||
    /<(region|partition|lambda|uuid|trusted)/.test(value) ||
    ['date', 'timestamp', 'snf_role_arn'].includes(value));

/** Of the HTTP call to Lambda; there is none here. */
const isOfTheCall = (key: string): boolean => key === 'SdkHttpMetadata' || key === 'SdkResponseMetadata';

const parsed = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

const expectLikeRecorded = (actual: unknown, recorded: unknown, path: string): void => {
  if (isPlaceholder(recorded)) return;
  if (typeof recorded !== 'object' || recorded === null) {
    expect(actual, path).toEqual(recorded);
    return;
  }
  expect(typeof actual, path).toBe('object');
  const keys = (of: object) => Object.keys(of).filter((key) => !isOfTheCall(key));
  expect(keys(actual as object).sort(), path).toEqual(keys(recorded).sort());
  for (const key of keys(recorded)) {
    expectLikeRecorded((actual as never)[key], (recorded as never)[key], `${path}/${key}`);
  }
};

/** What each task did, in the order in which the recording has it. */
const outcomesOf = (events: RecordedEvent[]): (() => unknown)[] =>
  events.flatMap((event) => {
    if (event.type === 'TaskSucceeded') {
      const { output } = event.taskSucceededEventDetails as { output: { Payload: unknown } };
      return [() => output.Payload];
    }
    if (event.type === 'LambdaFunctionSucceeded') {
      const { output } = event.lambdaFunctionSucceededEventDetails as { output: unknown };
      return [() => parsed(output)];
    }
    if (event.type === 'TaskFailed') {
      const { error, cause } = event.taskFailedEventDetails as { error: string; cause: { errorMessage: string } };
      return [
        () => {
          throw Object.assign(new Error(cause.errorMessage), { name: error });
        },
      ];
    }
    return [];
  });

const replay = async ({ definition, input, events }: Recording) => {
  const outcomes = outcomesOf(events);
  const execution = startExecution(loadStateMachine(definition), {
    input: JSON.parse(input),
    clock: new VirtualClock(),
    invoke: async () => outcomes.shift()!(),
  });
  return { result: await execution.done, history: execution.history() };
};

const cases = (recordings.cases as unknown as Recording[]).map((recording): [string, Recording] => [
  recording.source.split('::').at(-1) ?? recording.source,
  recording,
]);

describe('executions recorded on AWS', () => {
  it.each(cases)('%s ends as it did there', async (_, recording) => {
    const last = recording.events.at(-1)!;
    const { result } = await replay(recording);
    expect(result.status).toBe(endings[last.type]);
    const details = (last.executionSucceededEventDetails ?? last.executionFailedEventDetails) as Record<
      string,
      unknown
    >;
    if (result.status === 'SUCCEEDED') {
      expectLikeRecorded(result.output, parsed(details.output), 'output');
      return;
    }
    expect(result.error).toBe(details.error);
    if (typeof details.cause === 'object') {
      const cause = JSON.parse(result.cause!);
      const recorded = details.cause as { errorMessage: string; errorType: string };
      expect(cause).toMatchObject({ errorMessage: recorded.errorMessage, errorType: recorded.errorType });
    } else {
      expect(result.cause).toBe(details.cause);
    }
  });

  it.each(cases)('%s takes the same steps in the same order', async (_, recording) => {
    const steps = (events: { id: number; previousEventId: number; type: string }[]) =>
      events.map((event) => `${event.id} after ${event.previousEventId}: ${event.type}`);
    const { history } = await replay(recording);
    expect(steps(history)).toEqual(steps(recording.events));
  });

  it.each(cases)('%s shows the same inputs and outputs of its states', async (_, recording) => {
    const { history } = await replay(recording);
    for (const [at, event] of recording.events.entries()) {
      const own = history[at]!;
      const entered = event.stateEnteredEventDetails as { name: string } | undefined;
      const exited = event.stateExitedEventDetails as
        | { name: string; output: unknown; assignedVariables?: Record<string, unknown> }
        | undefined;
      expect(own.stateEnteredEventDetails?.name).toBe(entered?.name);
      expect(own.stateExitedEventDetails?.name).toBe(exited?.name);
      if (exited === undefined) continue;
      expectLikeRecorded(parsed(own.stateExitedEventDetails?.output), parsed(exited.output), `${event.id}/output`);
      for (const [name, value] of Object.entries(exited.assignedVariables ?? {})) {
        expect(parsed(own.stateExitedEventDetails?.assignedVariables?.[name])).toEqual(parsed(value));
      }
    }
  });

  it.each(cases)('%s records failed evaluations with the same cause and location', async (_, recording) => {
    const failed = (events: Record<string, unknown>[]) =>
      events.filter((event) => event.type === 'EvaluationFailed').map((event) => event.evaluationFailedEventDetails);
    const { history } = await replay(recording);
    expect(failed(history as unknown as Record<string, unknown>[])).toEqual(failed(recording.events));
  });
});
