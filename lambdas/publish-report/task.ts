import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import { keyOf } from '#core/results/layout.ts';
import type { Queries } from '#core/results/questions.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { renderReport } from '#report/report.ts';
import { readAnswers } from '../store/answer.ts';
import { readPlan } from '../store/plan.ts';

/** The run's report, one HTML file beside its rows. */
export const publishReport =
  ({ store, clock }: Pick<Ports, 'store' | 'clock'>, queries: Queries): TaskHandler<'PublishReport'> =>
  async ({ run }) => {
    const plan = await readPlan(store, run);
    const answers = await readAnswers(store, run);
    const page = renderReport({
      run,
      name: plan.name,
      region: plan.region,
      startedAt: plan.startedAt,
      writtenAt: isoTime(clock),
      simulated: answers.some(({ rows }) => rows.some((row) => row.simulated === true)),
      answers,
      queries,
    });
    const reportKey = keyOf({ kind: 'report', run });
    await store.put(reportKey, page);
    return { reportKey };
  };
