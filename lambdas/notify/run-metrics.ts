import type { Ports } from '#core/ports/ports.ts';
import { Metric, type MetricValues } from '#core/stack/metrics.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { readRecords } from '../store/deployment-record.ts';
import { readPlan } from '../store/plan.ts';
import { readRows } from '../store/rows.ts';

/**
 * What the execution that ends adds to the sums of the dashboard: a run that is resumed counts what it measured and
 * bought this time, so that nothing is in them twice.
 */
export async function runMetrics(
  { store }: Pick<Ports, 'store'>,
  { run, status }: Pick<TaskInput<'Notify'>, 'run' | 'status'>,
): Promise<MetricValues> {
  const { attempt } = await readPlan(store, run);
  const records = (await readRecords(store, run)).filter((one) => one.attempt === attempt);
  const rows = (await readRows(store, run)).filter((one) => one.attempt === attempt);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    [Metric.runsEnded]: 1,
    [Metric.runsFailed]: status === 'FAILED' ? 1 : 0,
    [Metric.cellsMeasured]: rows.filter((one) => one.status === 'measured').length,
    [Metric.gpuHours]: sum(records.map(({ node_s, gpu_count }) => (node_s * (gpu_count ?? 0)) / 3600)),
    [Metric.dollars]: sum(records.map(({ total_usd }) => total_usd)),
  };
}
