import type { Column } from './column.ts';

/**
 * Grows when a column changes its name, type or meaning. A new nullable column needs no new version:
 * older files read as null there.
 */
export const SCHEMA_VERSION = 1;

/** What was deployed, asked once for a whole deployment. */
export const ENGINE_COLUMNS = [
  { name: 'gpu_name', type: 'string', nullable: true, meaning: 'GPU model, as A10G' },
  {
    name: 'gpu_count',
    type: 'integer',
    nullable: false,
    meaning: 'GPUs on the instance, used or not; 0 where unknown',
  },
  { name: 'vcpus', type: 'integer', nullable: true, meaning: 'vCPUs of the instance' },
  {
    name: 'engine',
    type: 'string',
    nullable: true,
    meaning: 'Inference engine: vllm, or endpoint for a URL of the user',
  },
  { name: 'engine_version', type: 'string', nullable: true, meaning: 'Version the engine gave itself' },
  { name: 'model', type: 'string', nullable: true, meaning: 'Model name, as on its hub' },
  { name: 'tensor_parallel', type: 'integer', nullable: true, meaning: 'GPUs one layer is split over' },
  { name: 'pipeline_parallel', type: 'integer', nullable: true, meaning: 'Stages the layers are split over' },
  {
    name: 'engine_arguments',
    type: 'string',
    nullable: true,
    meaning: 'Further engine arguments: a JSON array of strings',
  },
  { name: 'shm_gib', type: 'double', unit: 'GiB', nullable: true, meaning: 'Shared memory given to the engine' },
  { name: 'generator', type: 'string', nullable: true, meaning: 'Load generator: aiperf or genai-perf' },
] as const satisfies readonly Column[];

/** The price every dollar figure of the row is computed from. Null when no node was ever bought. */
export const PRICE_COLUMNS = [
  { name: 'price_usd_per_hour', type: 'double', unit: 'USD/h', nullable: true, meaning: 'Price of the instance' },
  { name: 'fee_usd_per_hour', type: 'double', unit: 'USD/h', nullable: true, meaning: 'EKS Auto Mode management fee' },
  { name: 'price_source', type: 'string', nullable: true, meaning: 'Where the price was read' },
  {
    name: 'price_effective_at',
    type: 'string',
    nullable: true,
    meaning: 'ISO date from which it holds, or on which it was read',
  },
] as const satisfies readonly Column[];

/** The one partition column of both tables. It is in the path, not in the files. */
export const PARTITION_COLUMN = {
  name: 'dt',
  type: 'string',
  nullable: false,
  meaning: "Day of the run's plan, as 2026-01-31, UTC",
} as const satisfies Column;
