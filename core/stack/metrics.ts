/**
 * Metrics that the functions write and the alarms and the dashboard read, all in one namespace and told apart by
 * the dimension that names the stack.
 */
export const METRIC_NAMESPACE = 'StepBench';

/** Dimension whose value names the stack: powertools', from POWERTOOLS_SERVICE_NAME. */
export const STACK_DIMENSION = 'service';

export const Metric = {
  /** Instances of runs of ours that EC2 has after their deadline. */
  nodesPastDeadline: 'NodesPastDeadline',
  /** Runs whose release threw when a guard asked for it. */
  failedReleases: 'FailedReleases',
  runsEnded: 'RunsEnded',
  /** Those of them of which no cell is valid. */
  runsFailed: 'RunsFailed',
  cellsMeasured: 'CellsMeasured',
  /** Times the GPUs of the instance, from its launch until it was proven gone. */
  gpuHours: 'GpuHours',
  /** At the prices in the rows: instances, their fee, load generators. */
  dollars: 'Dollars',
} as const;

export type MetricName = (typeof Metric)[keyof typeof Metric];
export type MetricValues = Partial<Record<MetricName, number>>;
