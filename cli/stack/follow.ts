import type { StackExecutions } from '#core/ports/stack.ts';
import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';
import { isAwsProblem } from '#core/stack/errors.ts';
import { atOnce } from '#lambdas/store/at-once.ts';

/** What has happened since the last look. */
export interface Look {
  events: ExecutionEvent[];
  /** The execution has ended, and so have all of its children, and all of their events have been given. */
  ended: boolean;
  /** How often AWS was asked for it. */
  calls: number;
}

/** How far one history has been read. */
interface Reading {
  lastId: number;
  /** Its last event has been read: nothing comes any more. */
  ended: boolean;
}

/** Half a minute: an execution that has just been started may not be known yet wherever it is asked about. */
const LOOKS_UNTIL_KNOWN = 15;

const ENDS = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);

/**
 * Reads the histories of an execution and of the children of its map, each event once. What the reducer makes of
 * them does not depend on the order in which they are read.
 */
export function followExecution(executions: StackExecutions, execution: string): { look(): Promise<Look> } {
  const own: Reading = { lastId: 0, ended: false };
  const children = new Map<string, Reading>();
  const mapRuns = new Set<string>();
  let looks = 0;

  const read = async (arn: string, reading: Reading): Promise<HistoryEvent[]> => {
    const events = await executions.events(arn, reading.lastId).catch((error: unknown): HistoryEvent[] => {
      if (isAwsProblem(error, 'not-found') && reading.lastId === 0 && looks < LOOKS_UNTIL_KNOWN) return [];
      throw error;
    });
    reading.lastId = events.at(-1)?.id ?? reading.lastId;
    reading.ended ||= events.some(({ type }) => ENDS.has(type));
    return events;
  };

  return {
    look: async () => {
      looks += 1;
      let calls = 0;
      const events: ExecutionEvent[] = [];
      if (!own.ended) {
        calls += 1;
        for (const event of await read(execution, own)) {
          const { mapRunArn } = event.mapRunStartedEventDetails ?? {};
          if (mapRunArn !== undefined) mapRuns.add(mapRunArn);
          events.push({ execution, event });
        }
      }
      for (const mapRun of mapRuns) {
        calls += 1;
        for await (const { arn } of executions.children(mapRun)) {
          if (!children.has(arn)) children.set(arn, { lastId: 0, ended: false });
        }
      }
      const open = [...children].filter(([, reading]) => !reading.ended);
      calls += open.length;
      const found = await atOnce(open, async ([arn, reading]) =>
        (await read(arn, reading)).map((event) => ({ execution: arn, parent: execution, event })),
      );
      events.push(...found.flat());
      return { events, calls, ended: own.ended && [...children.values()].every(({ ended }) => ended) };
    },
  };
}

/** Fast enough for a person who watches. */
const SHORTEST_PAUSE_MS = 2000;

/**
 * Step Functions throttles each action of an account at some calls a second ("Quotas related to API action
 * throttling"), and others want theirs: the console, the guards, another command that watches.
 */
const CALLS_PER_SECOND = 4;

/** How long to wait after a look that took so many calls. A hundred deployments at once are looked at every 26 s. */
export const pauseMs = (calls: number): number => Math.max(SHORTEST_PAUSE_MS, (calls / CALLS_PER_SECOND) * 1000);
