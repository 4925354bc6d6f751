import type { HistoryEvent } from './execution-event.ts';
import { type Step, stepOf } from './step.ts';

/** How far the history of one execution has been read. */
export interface Cursor {
  /** Ids of a history are 1, 2, 3, ... */
  readonly nextId: number;
  /** Events that came before their turn. */
  readonly early: readonly HistoryEvent[];
  /** The task state under way, and how often its task was called. */
  readonly state: string;
  readonly calls: number;
  /** Index of the deployment that a child measures; -1 in the run's own execution and for one that is not planned. */
  readonly deployment: number;
}

export const NEW_CURSOR: Cursor = { nextId: 1, early: [], state: '', calls: 0, deployment: -1 };

/** The steps that an event makes possible: none for one seen before or come too early, several for one that fills a gap. */
export function readOn(cursor: Cursor, event: HistoryEvent): { cursor: Cursor; steps: readonly Step[] } {
  if (event.id < cursor.nextId || cursor.early.some(({ id }) => id === event.id)) return { cursor, steps: [] };
  if (event.id > cursor.nextId) return { cursor: { ...cursor, early: [...cursor.early, event] }, steps: [] };
  const steps: Step[] = [];
  let next: HistoryEvent | undefined = event;
  let { nextId, state, calls } = cursor;
  while (next !== undefined) {
    if (next.stateEnteredEventDetails !== undefined) {
      state = next.stateEnteredEventDetails.name;
      calls = 0;
    }
    if (next.taskScheduledEventDetails !== undefined) calls += 1;
    const step = stepOf(next, state, calls);
    if (step !== undefined) steps.push(step);
    nextId += 1;
    next = cursor.early.find(({ id }) => id === nextId);
  }
  const early = cursor.early.length === 0 ? cursor.early : cursor.early.filter(({ id }) => id >= nextId);
  return { cursor: { ...cursor, nextId, early, state, calls }, steps };
}
