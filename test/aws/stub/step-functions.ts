import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';
import { startJsonService } from './json-service.ts';
import { type Stub, StubError } from './service.ts';

type Input = Record<string, unknown>;

interface Recorded {
  parent: string | undefined;
  events: HistoryEvent[];
}

export interface StepFunctionsStub extends Stub {
  /** One more event of a history. */
  add(event: ExecutionEvent): void;
  /** Names of the operations, in the order in which they were asked for. */
  asked: string[];
}

interface Begins {
  /** @returns the ARN of the execution. */
  start(request: { stateMachineArn: string; name: string; input: unknown }): string;
  stop(execution: string, why: { error: string; cause: string }): void;
}

/** However many are asked for: a caller must follow the tokens. */
const EVENTS_PAGE = 25;
const EXECUTIONS_PAGE = 2;

const ENDS: Record<string, string> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionAborted: 'ABORTED',
  ExecutionTimedOut: 'TIMED_OUT',
};

/**
 * Step Functions over histories that are written while they are read. It checks what a real one would refuse: an
 * execution that does not exist, a token that came with other arguments, a name with forbidden characters, both of
 * or neither of the two things that executions can be listed by. Children are listed by their map run, which the
 * history of the parent names.
 */
export async function startStepFunctions(begins: Begins): Promise<StepFunctionsStub> {
  const histories = new Map<string, Recorded>();
  const mapRunOf = new Map<string, string>();
  const asked: string[] = [];

  const find = (arn: unknown): [string, Recorded] => {
    const found = histories.get(String(arn));
    if (found === undefined) throw new StubError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return [String(arn), found];
  };

  const operations: Record<string, (input: Input) => unknown> = {
    StartExecution: ({ stateMachineArn, name, input }) => {
      if (!/^[\w.-]{1,80}$/.test(String(name))) throw new StubError('InvalidName', `Invalid Name: '${name}'`);
      const given: unknown = JSON.parse(String(input));
      const executionArn = begins.start({ stateMachineArn: String(stateMachineArn), name: String(name), input: given });
      return { executionArn, startDate: 0 };
    },
    StopExecution: ({ executionArn, error, cause }) => {
      begins.stop(find(executionArn)[0], { error: String(error), cause: String(cause) });
      return { stopDate: 0 };
    },
    DescribeExecution: ({ executionArn }) => item(find(executionArn)),
    GetExecutionHistory: ({ nextToken, ...input }) => {
      const { events } = find(input.executionArn)[1];
      // A token is of the history as it was at the first page: what came since is not in its pages.
      const { from, size } = tokenOf(nextToken, input) ?? { from: 0, size: events.length };
      const then = events.slice(0, size);
      const ordered = input.reverseOrder === true ? then.reverse() : then;
      const page = ordered.slice(from, from + Math.min(EVENTS_PAGE, Number(input.maxResults)));
      return {
        events: page.map((event) => ({ ...event, timestamp: seconds(event.timestamp) })),
        ...(from + page.length < size ? { nextToken: tokenFor(from + page.length, size, input) } : {}),
      };
    },
    ListExecutions: ({ nextToken, ...input }) => {
      const { mapRunArn, stateMachineArn, statusFilter } = input;
      if ((mapRunArn === undefined) === (stateMachineArn === undefined)) {
        throw new StubError('ValidationException', 'Exactly one of stateMachineArn and mapRunArn');
      }
      const isListed = ({ parent }: Recorded) =>
        mapRunArn === undefined ? parent === undefined : mapRunOf.get(parent ?? '') === mapRunArn;
      const all = [...histories]
        .filter(([, recorded]) => isListed(recorded))
        .map(item)
        .filter(({ status }) => statusFilter === undefined || status === statusFilter);
      const from = tokenOf(nextToken, input)?.from ?? 0;
      const next = from + EXECUTIONS_PAGE;
      return {
        executions: all.slice(from, next),
        ...(next < all.length ? { nextToken: tokenFor(next, all.length, input) } : {}),
      };
    },
  };
  const noted = Object.fromEntries(
    Object.entries(operations).map(([name, run]) => [
      name,
      (input: Input) => {
        asked.push(name);
        return run(input);
      },
    ]),
  );
  const stub = await startJsonService({
    signingName: 'states',
    target: 'AWSStepFunctions',
    version: '1.0',
    operations: noted,
  });
  return {
    ...stub,
    asked,
    add: ({ execution, parent, event }) => {
      const { mapRunArn } = event.mapRunStartedEventDetails ?? {};
      if (mapRunArn !== undefined) mapRunOf.set(execution, mapRunArn);
      const recorded = histories.get(execution) ?? { parent, events: [] };
      recorded.events.push(event);
      histories.set(execution, recorded);
    },
  };
}

function item([arn, { events }]: [string, Recorded]) {
  const last = events.at(-1);
  const status = ENDS[last?.type ?? ''] ?? 'RUNNING';
  return {
    executionArn: arn,
    stateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:Benchmark',
    name: arn.split(':').at(-1),
    status,
    startDate: seconds(events[0]?.timestamp),
    ...(status === 'RUNNING' ? {} : { stopDate: seconds(last?.timestamp) }),
  };
}

const seconds = (iso: string | undefined): number => Date.parse(iso ?? '') / 1000;

const argumentsOf = (input: Input): string => JSON.stringify(Object.entries(input).toSorted());

const tokenFor = (from: number, size: number, input: Input): string =>
  Buffer.from(JSON.stringify({ from, size, of: argumentsOf(input) })).toString('base64');

function tokenOf(text: unknown, input: Input): { from: number; size: number } | undefined {
  if (typeof text !== 'string') return undefined;
  const read = JSON.parse(Buffer.from(text, 'base64').toString()) as { from: number; size: number; of: string };
  if (read.of !== argumentsOf(input)) throw new StubError('InvalidToken', 'The token came with other arguments.');
  return read;
}
