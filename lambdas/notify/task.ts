import type { Ports } from '#core/ports/ports.ts';
import { keptClusterLine } from '#core/pricing/standing.ts';
import { threeLines } from '#core/results/three-lines.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { explain } from '#core/workflow/failure.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { toldOnce } from '#core/workflow/warnings.ts';
import { readAnswers } from '../store/answer.ts';
import { findPlan } from '../store/plan.ts';
import { markTold } from '../store/told.ts';
import { subjectOf } from './subject.ts';

/**
 * Status, the answer in three lines, what it cost, and what goes on costing.
 * @param stack its name, for the commands in the message.
 */
export const notify =
  ({ store, notifier }: Pick<Ports, 'store' | 'notifier'>, stack = 'STACK'): TaskHandler<'Notify'> =>
  async ({ run, status, failure, cells, warnings }) => {
    const plan = await findPlan(store, run);
    const answers = await readAnswers(store, run);
    const reason =
      failure.error === '' ? [] : [[failure.error, ...(failure.cause === '' ? [] : [explain(failure)])].join(': ')];
    const body = [
      `${status}: ${cells.valid} of ${cells.total} cells valid, ${cells.invalid} not valid, ${cells.failed} failed.`,
      ...reason,
      ...threeLines(answers),
      ...(plan === undefined || plan.cluster.ephemeral || failure.error === ErrorName.ClusterFailed
        ? []
        : [keptClusterLine(plan.cluster.name, stack)]),
      ...toldOnce(warnings).map((warning) => `Warning: ${warning}`),
    ].join('\n');
    await notifier.publish({ subject: subjectOf(plan?.name ?? run, status), body, run, status });
    // The execution ends in Fail: the guard is called, and has nothing to tell of it any more.
    if (plan !== undefined && status === 'FAILED') await markTold(store, { run, attempt: plan.attempt });
    return { notified: true };
  };
