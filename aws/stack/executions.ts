import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  paginateListExecutions,
  type HistoryEvent as SdkEvent,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionSummary, StackExecutions } from '#core/ports/stack.ts';
import type { HistoryEvent } from '#core/progress/execution-event.ts';
import { isAwsProblem } from '#core/stack/errors.ts';
import { throwingAwsErrors } from './errors.ts';

/** The most that GetExecutionHistory gives at once. */
const PAGE = 1000;

export function sdkExecutions(region: string): StackExecutions {
  // Histories are read all the time: better late than not at all.
  const client = throwingAwsErrors(new SFNClient({ region, maxAttempts: 6, retryMode: 'adaptive' }));
  return {
    start: async ({ stateMachine, name, input }) => {
      const command = new StartExecutionCommand({ stateMachineArn: stateMachine, name, input: JSON.stringify(input) });
      return (await client.send(command)).executionArn ?? '';
    },
    describe: async (execution) => {
      try {
        const found = await client.send(new DescribeExecutionCommand({ executionArn: execution }));
        return summary(found);
      } catch (error) {
        if (isAwsProblem(error, 'not-found')) return undefined;
        throw error;
      }
    },
    running: async function* (stateMachine) {
      const pages = paginateListExecutions({ client }, { stateMachineArn: stateMachine, statusFilter: 'RUNNING' });
      for await (const { executions = [] } of pages) yield* executions.map(summary);
    },
    stop: async (execution, why) => {
      await client.send(new StopExecutionCommand({ executionArn: execution, ...why }));
    },
    events: (execution, afterId) => eventsAfter(client, execution, afterId),
    children: async function* (mapRun) {
      const pages = paginateListExecutions({ client, pageSize: PAGE }, { mapRunArn: mapRun });
      for await (const { executions = [] } of pages) yield* executions.map(summary);
    },
  };
}

/**
 * A history is paged from its beginning, and a token lives for a day: what is new is read from its end, newest first,
 * as far back as it is not known.
 */
async function eventsAfter(client: SFNClient, execution: string, afterId: number): Promise<HistoryEvent[]> {
  const found: SdkEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({
        executionArn: execution,
        reverseOrder: true,
        // A history that is followed grows by few events between two looks.
        maxResults: afterId === 0 ? PAGE : 100,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    const events = page.events ?? [];
    const fresh = events.filter(({ id = 0 }) => id > afterId);
    found.push(...fresh);
    nextToken = fresh.length < events.length ? undefined : page.nextToken;
  } while (nextToken !== undefined);
  return found.reverse().map(historyEvent);
}

/** The SDK has the same shape as the reducer, but for the time. */
const historyEvent = ({ timestamp, ...event }: SdkEvent): HistoryEvent =>
  ({ ...event, timestamp: (timestamp ?? new Date(0)).toISOString() }) as HistoryEvent;

type Described = Partial<Pick<ExecutionListItem, 'executionArn' | 'name' | 'status' | 'startDate' | 'stopDate'>>;

const summary = ({ executionArn = '', name = '', status, startDate, stopDate }: Described): ExecutionSummary => ({
  arn: executionArn,
  name,
  status: status ?? 'RUNNING',
  startedAt: (startDate ?? new Date(0)).toISOString(),
  ...(stopDate === undefined ? {} : { endedAt: stopDate.toISOString() }),
});
