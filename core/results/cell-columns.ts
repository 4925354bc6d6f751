import type { Column, RowOf } from './column.ts';
import type { Distribution } from './measurement.ts';
import { OBSERVED_COLUMNS } from './observed-columns.ts';
import { ENGINE_COLUMNS, PRICE_COLUMNS } from './shared-columns.ts';

export const STATISTICS = [
  'avg',
  'min',
  'max',
  'std',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
] as const satisfies readonly (keyof Distribution)[];

type Statistic = (typeof STATISTICS)[number];

function distribution<const N extends string>(name: N, what: string) {
  return STATISTICS.map((statistic) => ({
    name: `${name}_${statistic}_ms` as `${N}_${Statistic}_ms`,
    type: 'double' as const,
    unit: 'ms',
    nullable: true as const,
    meaning: `${what}: ${statistic}`,
  }));
}

/** A row for every cell that was asked for; one that failed has nulls where there is no measurement. */
export const CELL_COLUMNS = [
  { name: 'schema_version', type: 'integer', nullable: false, meaning: 'Version of this table of columns' },
  { name: 'run_id', type: 'string', nullable: false, meaning: 'The run' },
  {
    name: 'deployment_id',
    type: 'string',
    nullable: false,
    meaning: 'Hash of the deployment: engine, settings, instance type',
  },
  {
    name: 'cell_id',
    type: 'string',
    nullable: false,
    meaning: 'Hash of all axes and the repeat; the same cell has the same id in every run',
  },
  { name: 'repeat', type: 'integer', nullable: false, meaning: 'Which repeat of the load point, from 1' },
  {
    name: 'attempt',
    type: 'integer',
    nullable: false,
    meaning: 'Which attempt at the cell, from 1; grows when a run is resumed',
  },
  {
    name: 'status',
    type: 'string',
    values: ['measured', 'failed'],
    nullable: false,
    meaning: 'Whether there are figures',
  },
  { name: 'error_name', type: 'string', nullable: true, meaning: 'Why it failed: one of the error names' },
  { name: 'error_reason', type: 'string', nullable: true, meaning: 'Why it failed, for people' },
  {
    name: 'valid',
    type: 'boolean',
    nullable: false,
    meaning: 'Whether the figures may be ranked; false for a failed cell',
  },
  {
    name: 'invalid_reasons',
    type: 'string',
    nullable: true,
    meaning: 'Why the figures may not be ranked: codes with commas between them',
  },
  {
    name: 'invalid_explanation',
    type: 'string',
    nullable: true,
    meaning:
      'Why the figures may not be ranked, for people; beside valid ones, that they are so by the word of their source',
  },
  { name: 'simulated', type: 'boolean', nullable: false, meaning: 'True when no GPU stood behind the engine' },
  { name: 'recorded_at', type: 'timestamp', nullable: false, meaning: 'When this row was written' },

  { name: 'instance_type', type: 'string', nullable: false, meaning: 'EC2 instance type' },
  { name: 'region', type: 'string', nullable: true, meaning: 'AWS region the price is of' },
  { name: 'zone', type: 'string', nullable: true, meaning: 'Availability zone the node landed in' },
  {
    name: 'capacity_type',
    type: 'string',
    nullable: true,
    meaning: 'on-demand, spot or reserved; null when no node came',
  },
  ...ENGINE_COLUMNS,
  { name: 'generator_version', type: 'string', nullable: true, meaning: 'Version the load generator gave itself' },

  { name: 'concurrency', type: 'integer', nullable: true, meaning: 'Requests kept in flight; null for an open load' },
  {
    name: 'request_rate_per_s',
    type: 'double',
    unit: '1/s',
    nullable: true,
    meaning: 'Requests sent per second of an open load; null for a closed one',
  },
  { name: 'isl_tokens', type: 'double', unit: 'tokens', nullable: false, meaning: 'Input length asked for, mean' },
  {
    name: 'isl_stddev_tokens',
    type: 'double',
    unit: 'tokens',
    nullable: false,
    meaning: 'Input length asked for, standard deviation',
  },
  { name: 'osl_tokens', type: 'double', unit: 'tokens', nullable: false, meaning: 'Output length asked for, mean' },
  {
    name: 'osl_stddev_tokens',
    type: 'double',
    unit: 'tokens',
    nullable: false,
    meaning: 'Output length asked for, standard deviation',
  },
  { name: 'endpoint', type: 'string', nullable: false, meaning: 'completions or chat' },
  {
    name: 'streaming',
    type: 'boolean',
    nullable: false,
    meaning: 'Whether responses were streamed; without it there is no TTFT',
  },
  { name: 'dataset', type: 'string', nullable: false, meaning: 'synthetic, or the key of a dataset in the store' },
  { name: 'request_count_asked', type: 'integer', nullable: false, meaning: 'Requests to measure' },
  {
    name: 'warmup_request_count_asked',
    type: 'integer',
    nullable: false,
    meaning: 'Requests to send before measuring',
  },
  { name: 'seed', type: 'bigint', nullable: false, meaning: 'Seed of the prompts' },
  {
    name: 'timeout_s',
    type: 'double',
    unit: 's',
    nullable: false,
    meaning: 'The longest the cell was allowed to take',
  },

  { name: 'started_at', type: 'timestamp', nullable: true, meaning: 'First measured request sent' },
  { name: 'ended_at', type: 'timestamp', nullable: true, meaning: 'Last measured response received' },
  {
    name: 'duration_s',
    type: 'double',
    unit: 's',
    nullable: true,
    meaning: 'Length of the measurement, warm-up left out',
  },
  { name: 'request_count', type: 'integer', nullable: true, meaning: 'Requests measured' },
  { name: 'error_count', type: 'integer', nullable: true, meaning: 'Requests that failed' },
  { name: 'commonest_error', type: 'string', nullable: true, meaning: 'What most failed requests said' },
  { name: 'warmup_request_count', type: 'integer', nullable: true, meaning: 'Requests sent before measuring' },
  { name: 'cancelled', type: 'boolean', nullable: true, meaning: 'Whether the generator gave up before the end' },
  {
    name: 'request_throughput_per_s',
    type: 'double',
    unit: '1/s',
    nullable: true,
    meaning: 'Requests completed per second',
  },
  {
    name: 'held_request_throughput_per_s',
    type: 'double',
    unit: '1/s',
    nullable: true,
    meaning:
      'Requests per second from the first to the last that was sent, while every slot of a closed load was busy: what the end of the load takes from request_throughput_per_s is not taken from it; null for an open load',
  },
  {
    name: 'output_tokens_per_s',
    type: 'double',
    unit: 'tokens/s',
    nullable: true,
    meaning: 'Output tokens per second, all requests together',
  },
  {
    name: 'input_tokens_per_s',
    type: 'double',
    unit: 'tokens/s',
    nullable: true,
    meaning: 'Input tokens per second, all requests together',
  },
  {
    name: 'goodput_per_s',
    type: 'double',
    unit: '1/s',
    nullable: true,
    meaning: 'Requests per second that met the latency targets',
  },
  {
    name: 'occupancy',
    type: 'double',
    nullable: true,
    meaning:
      "request_throughput_per_s x mean latency / concurrency: 1 in steady state by Little's law; null for an open load",
  },
  ...distribution('request_latency', 'From sending a request to the last byte of its response'),
  ...distribution('ttft', 'From sending a request to its first token; null when not streamed'),
  {
    name: 'ttft_valid',
    type: 'boolean',
    nullable: true,
    meaning: 'Whether the TTFT may be ranked where the cell is valid; null when there is none, or nobody judged it',
  },
  {
    name: 'ttft_invalid_reasons',
    type: 'string',
    nullable: true,
    meaning: 'Why the TTFT may not be ranked: codes with commas between them',
  },
  {
    name: 'ttft_invalid_explanation',
    type: 'string',
    nullable: true,
    meaning: 'Why the TTFT may not be ranked, for people',
  },
  ...distribution('itl', 'Between one token of a response and the next; null when not streamed'),
  {
    name: 'isl_seen_avg_tokens',
    type: 'double',
    unit: 'tokens',
    nullable: true,
    meaning: 'Input length as measured, mean',
  },
  {
    name: 'osl_seen_avg_tokens',
    type: 'double',
    unit: 'tokens',
    nullable: true,
    meaning: 'Output length as measured, mean',
  },
  {
    name: 'osl_seen_min_tokens',
    type: 'double',
    unit: 'tokens',
    nullable: true,
    meaning: 'Output length as measured, shortest',
  },
  {
    name: 'osl_seen_max_tokens',
    type: 'double',
    unit: 'tokens',
    nullable: true,
    meaning: 'Output length as measured, longest',
  },
  ...OBSERVED_COLUMNS,

  ...PRICE_COLUMNS,
  { name: 'artifacts', type: 'string', nullable: true, meaning: "Key prefix of the generator's own files" },
] as const satisfies readonly Column[];

export type CellRow = RowOf<typeof CELL_COLUMNS>;
