import type { Ports } from '#core/ports/ports.ts';
import { isOfSchedule, scheduledRun } from '#core/stack/schedule.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { readLease } from '../store/lease.ts';

/**
 * Refuses an occasion of a schedule while an earlier one is still being measured: two at once would measure each
 * other's noise and pay twice. Only the latest other occasion can be alive, since each was let in by this check.
 * @throws StepBenchError RunAlreadyActive
 */
export async function refuseOverlap(
  { store, executions }: Pick<Ports, 'store' | 'executions'>,
  requested: string,
): Promise<void> {
  const occasion = scheduledRun(requested);
  if (occasion === undefined) return;
  let latest: string | undefined;
  for await (const run of store.folders('runs/')) {
    if (run !== occasion.run && isOfSchedule(run, occasion.schedule)) latest = run;
  }
  const lease = latest && (await readLease(store, latest))?.lease;
  if (!lease || lease.releasedAt !== null || !(await executions.isRunning(lease.execution))) return;
  throw new StepBenchError(
    ErrorName.RunAlreadyActive,
    `Schedule ${occasion.schedule} has its run ${lease.run} still under way: this occasion is left out.`,
    { nextStep: 'Schedule it less often, or measure fewer cells.' },
  );
}
