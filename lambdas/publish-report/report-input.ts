import { NOTHING_SPENT } from '#core/plan/spending.ts';
import { type Clock, isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Queries } from '#core/results/questions.ts';
import type { ReportInput } from '#report/input.ts';
import { readAnswers } from '../store/answer.ts';
import { readRecords } from '../store/deployment-record.ts';
import { readPlan } from '../store/plan.ts';
import { readRows } from '../store/rows.ts';
import { type AskGone, readAccount } from '../store/spending.ts';

export interface ReportPorts {
  store: ObjectStore;
  clock: Clock;
  /** For a run that was never released: who can tell what of it is left. */
  askGone?: AskGone;
}

/** All that a run's report tells, as it stands in the store. */
export async function readReportInput(
  { store, clock, askGone }: ReportPorts,
  run: string,
  queries: Queries,
): Promise<ReportInput> {
  const [plan, rows, nodes, answers, account] = await Promise.all([
    readPlan(store, run),
    readRows(store, run),
    readRecords(store, run),
    readAnswers(store, run),
    readAccount(store, run, isoTime(clock), askGone),
  ]);
  const spent = account?.spent ?? NOTHING_SPENT;
  return { plan, rows, nodes, spent, answers, queries, writtenAt: isoTime(clock) };
}
