import { type Clock, isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Queries } from '#core/results/questions.ts';
import type { ReportInput } from '#report/input.ts';
import { readAnswers } from '../store/answer.ts';
import { readRecords } from '../store/deployment-record.ts';
import { readPlan } from '../store/plan.ts';
import { readRows } from '../store/rows.ts';

/** All that a run's report tells, as it stands in the store. */
export async function readReportInput(
  { store, clock }: { store: ObjectStore; clock: Clock },
  run: string,
  queries: Queries,
): Promise<ReportInput> {
  const [plan, rows, nodes, answers] = await Promise.all([
    readPlan(store, run),
    readRows(store, run),
    readRecords(store, run),
    readAnswers(store, run),
  ]);
  return { plan, rows, nodes, answers, queries, writtenAt: isoTime(clock) };
}
