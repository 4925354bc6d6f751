import type { Ports } from '#core/ports/ports.ts';
import type { MetricValues } from '#core/stack/metrics.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { readPlan } from '../store/plan.ts';
import { runMetrics } from '../store/run-metrics.ts';

/** Of a run whose machine has come to its end. */
export async function endMetrics(
  { store }: Pick<Ports, 'store'>,
  { run, status }: Pick<TaskInput<'Notify'>, 'run' | 'status'>,
): Promise<MetricValues> {
  const { attempt } = await readPlan(store, run);
  return runMetrics(store, { run, attempt, failed: status === 'FAILED' });
}
