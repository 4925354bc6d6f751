import type { ObjectStore } from '#core/ports/object-store.ts';
import { keyOf } from '#core/results/layout.ts';
import { Metric, type MetricValues } from '#core/stack/metrics.ts';
import { ErrorName, isError } from '#core/workflow/errors.ts';
import { readRecords } from './deployment-record.ts';
import { writeJson } from './json.ts';
import { readRows } from './rows.ts';

/** An execution of a run, at its end. */
export interface EndedExecution {
  run: string;
  attempt: number;
  /** Undefined: it failed where no cell of the run is valid. */
  failed?: boolean;
}

/**
 * What the execution that ends adds to the sums of the dashboard: a run that is resumed counts what it measured and
 * bought this time. Told once, to whoever asks first: Notify at the end of a machine, or the guard of one that never
 * got there; asked again, and by the other, it is nothing. Who dies between this and the writing of it takes it along:
 * sums that lack a run are better than sums that have one twice.
 */
export async function runMetrics(store: ObjectStore, { run, attempt, failed }: EndedExecution): Promise<MetricValues> {
  const records = (await readRecords(store, run)).filter((one) => one.attempt === attempt);
  const rows = await readRows(store, run);
  if (!(await isFirst(store, run, attempt))) return {};
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const measured = rows.filter((one) => one.attempt === attempt && one.status === 'measured');
  return {
    [Metric.runsEnded]: 1,
    [Metric.runsFailed]: (failed ?? !rows.some(({ valid }) => valid)) ? 1 : 0,
    [Metric.cellsMeasured]: measured.length,
    [Metric.gpuHours]: sum(records.map(({ node_s, gpu_count }) => (node_s * (gpu_count ?? 0)) / 3600)),
    [Metric.dollars]: sum(records.map(({ total_usd }) => total_usd)),
  };
}

async function isFirst(store: ObjectStore, run: string, attempt: number): Promise<boolean> {
  try {
    await writeJson(store, keyOf({ kind: 'counted', run, attempt }), { schema_version: 1 }, { ifAbsent: true });
    return true;
  } catch (error) {
    if (isError(error, ErrorName.PreconditionFailed)) return false;
    throw error;
  }
}
