import type { Cell, Deployment } from '../plan/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import type { NodeFacts } from '../workflow/payload.ts';
import { CELL_COLUMNS, type CellRow, STATISTICS } from './cell-columns.ts';
import type { Distribution, Measurement } from './measurement.ts';
import { occupancy } from './occupancy.ts';
import { enginePart, known, pricePart, shortened, timestamp } from './row-parts.ts';
import { rowReader } from './row-schema.ts';
import { SCHEMA_VERSION } from './shared-columns.ts';
import { judgeTtft, type TtftVerdict } from './validity-ttft.ts';

/** What is known of a cell whatever became of it. */
export interface CellContext {
  run: string;
  deployment: Deployment;
  cell: Cell;
  /** Empty strings where there was no node. */
  node: NodeFacts;
  /** ISO time. */
  recordedAt: string;
}

export interface MeasuredCell extends CellContext {
  /** Of the capacity type that the node came with; null for an endpoint whose price nobody gave. */
  price: PriceQuote | null;
  measurement: Measurement;
  /** Codes of the rules that were broken, and what to tell people of each. */
  validity: { valid: boolean; reasons: readonly string[]; sentences?: readonly string[] };
  /** Key prefix of the artifacts. */
  artifacts: string;
}

export interface FailedCell extends CellContext {
  /** Null when no node was bought. */
  price: PriceQuote | null;
  /** One of ErrorName, or the name of whatever else was thrown. */
  error: string;
  reason: string;
  /** Null when the cell never ran. */
  artifacts: string | null;
}

/** Reads a row of `rows/<cell>.json`. */
export const readRow = rowReader(CELL_COLUMNS);

/** @throws StepBenchError ArtifactsInvalid when the measurement has a number that is none (NaN, a fraction of a request). */
export function measuredRow(input: MeasuredCell): CellRow {
  const { measurement, validity } = input;
  const row: CellRow = {
    ...askedPart(input, input.price),
    ...measuredPart(measurement, input.cell),
    ...pricePart(input.price),
    // An endpoint may be a simulator: one that says so is believed, wherever it runs.
    simulated: input.node.simulated || (measurement.simulatorProfile ?? null) !== null,
    status: 'measured',
    error_name: null,
    error_reason: null,
    valid: validity.valid,
    invalid_reasons: known([...new Set(validity.reasons)].sort().join(',')),
    invalid_explanation: known(shortened((validity.sentences ?? []).join(' '))),
    artifacts: input.artifacts,
  };
  return readRow(row, `The measurement of cell ${input.cell.id}`);
}

export function failedRow(input: FailedCell): CellRow {
  const row: CellRow = {
    ...NOTHING_MEASURED,
    ...askedPart(input, input.price),
    ...pricePart(input.price),
    status: 'failed',
    error_name: input.error,
    error_reason: shortened(input.reason),
    valid: false,
    invalid_reasons: null,
    invalid_explanation: null,
    artifacts: input.artifacts,
  };
  return readRow(row, `The failure of cell ${input.cell.id}`);
}

/**
 * Whether a row takes the place of the one that is stored. The first valid one stays for good: answers were given
 * with it. Until then, what was measured is never lost to a failure, a later attempt wins otherwise, and the same
 * row delivered twice changes nothing.
 */
export function supersedes(next: CellRow, stored: CellRow | undefined): boolean {
  if (stored === undefined) return true;
  if (stored.valid) return false;
  if (next.valid) return true;
  if (next.status !== stored.status) return next.status === 'measured';
  return next.attempt > stored.attempt;
}

type MeasuredPart = Pick<CellRow, keyof typeof NOTHING_MEASURED>;

function askedPart({ run, deployment, cell, node, recordedAt }: CellContext, price: PriceQuote | null) {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: run,
    deployment_id: deployment.id,
    cell_id: cell.id,
    repeat: cell.repeat,
    attempt: cell.attempt,
    simulated: node.simulated,
    recorded_at: timestamp(recordedAt),
    instance_type: deployment.instanceType,
    region: price?.region ?? deployment.prices[0]?.region ?? null,
    zone: known(node.zone),
    capacity_type: known(node.capacityType),
    ...enginePart(deployment, node),
    concurrency: cell.concurrency,
    request_rate_per_s: cell.requestRate,
    isl_tokens: cell.isl,
    isl_stddev_tokens: cell.islStddev,
    osl_tokens: cell.osl,
    osl_stddev_tokens: cell.oslStddev,
    endpoint: cell.endpoint,
    streaming: cell.streaming,
    dataset: cell.dataset,
    request_count_asked: cell.requestCount,
    warmup_request_count_asked: cell.warmupRequestCount,
    seed: cell.seed,
    timeout_s: cell.timeoutSeconds,
  };
}

function measuredPart(measurement: Measurement, cell: Cell): MeasuredPart {
  const { isl, osl, gpu } = { isl: measurement.islTokens, osl: measurement.oslTokens, gpu: measurement.gpu };
  return {
    generator_version: measurement.generatorVersion,
    started_at: timestamp(measurement.startedAt),
    ended_at: timestamp(measurement.endedAt),
    duration_s: measurement.durationSeconds,
    request_count: measurement.requestCount,
    error_count: measurement.errorCount,
    commonest_error: measurement.errors[0] === undefined ? null : shortened(measurement.errors[0].message),
    warmup_request_count: measurement.warmupRequestCount,
    cancelled: measurement.cancelled,
    request_throughput_per_s: measurement.requestThroughputPerS,
    held_request_throughput_per_s: cell.requestRate === null ? (measurement.heldThroughputPerS ?? null) : null,
    output_tokens_per_s: measurement.outputTokensPerS,
    input_tokens_per_s: measurement.inputTokensPerS,
    goodput_per_s: measurement.goodputPerS,
    occupancy: cell.concurrency === null ? null : occupancy(measurement, cell.concurrency),
    ...statistics('request_latency', measurement.requestLatencyMs),
    ...statistics('ttft', measurement.ttftMs),
    ...ttftPart(judgeTtft(measurement, cell)),
    ...statistics('itl', measurement.itlMs),
    isl_seen_avg_tokens: isl?.avg ?? null,
    osl_seen_avg_tokens: osl?.avg ?? null,
    osl_seen_min_tokens: osl?.min ?? null,
    osl_seen_max_tokens: osl?.max ?? null,
    client_delay_avg_ms: measurement.clientDelayMs?.avg ?? null,
    client_delay_p99_ms: measurement.clientDelayMs?.p99 ?? null,
    client_send_avg_ms: measurement.clientSendMs?.avg ?? null,
    client_send_p95_ms: measurement.clientSendMs?.p95 ?? null,
    gpu_utilisation_percent: gpu?.utilisationPercent ?? null,
    gpu_power_watts: gpu?.powerWatts ?? null,
    gpu_memory_gib: gpu?.memoryGiB ?? null,
    engine_prompt_tokens: counter(measurement, 'prompt_tokens_total'),
    engine_generation_tokens: counter(measurement, 'generation_tokens_total'),
    engine_preemptions: counter(measurement, 'num_preemptions_total'),
    engine_kv_cache_usage: counter(measurement, 'kv_cache_usage_perc'),
    engine_requests_running_max: counter(measurement, 'num_requests_running'),
    engine_requests_waiting_max: counter(measurement, 'num_requests_waiting'),
    engine_prefix_cache_hit_share: share(
      counter(measurement, 'prefix_cache_hits_total'),
      counter(measurement, 'prefix_cache_queries_total'),
    ),
    engine_restarted: measurement.engineRestarted ?? null,
    simulator_profile: measurement.simulatorProfile ?? null,
    prefix_cache_reset: measurement.prefixCacheReset ?? null,
    client_cpu_share: measurement.clientCpuShare ?? null,
    clock_step_s: measurement.clockStepSeconds ?? null,
  };
}

const ttftPart = (verdict: TtftVerdict | null) => ({
  ttft_valid: verdict?.valid ?? null,
  ttft_invalid_reasons: known(verdict?.reasons.map(({ code }) => code).join(',')),
  ttft_invalid_explanation: known(verdict?.reasons.map(({ sentence }) => sentence).join(' ')),
});

/** Counters come under the engine's own names. */
const counter = ({ engineCounters }: Measurement, name: string): number | null =>
  engineCounters?.[`vllm:${name}`] ?? null;

const share = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole === 0 ? null : part / whole;

type Statistics<N extends string> = Record<`${N}_${(typeof STATISTICS)[number]}_ms`, number | null>;

const statistics = <const N extends string>(name: N, distribution: Distribution | null): Statistics<N> =>
  Object.fromEntries(
    STATISTICS.map((statistic) => [`${name}_${statistic}_ms`, distribution?.[statistic] ?? null]),
  ) as Statistics<N>;

const NOTHING_MEASURED = {
  generator_version: null,
  started_at: null,
  ended_at: null,
  duration_s: null,
  request_count: null,
  error_count: null,
  commonest_error: null,
  warmup_request_count: null,
  cancelled: null,
  request_throughput_per_s: null,
  held_request_throughput_per_s: null,
  output_tokens_per_s: null,
  input_tokens_per_s: null,
  goodput_per_s: null,
  occupancy: null,
  ...statistics('request_latency', null),
  ...statistics('ttft', null),
  ttft_valid: null,
  ttft_invalid_reasons: null,
  ttft_invalid_explanation: null,
  ...statistics('itl', null),
  isl_seen_avg_tokens: null,
  osl_seen_avg_tokens: null,
  osl_seen_min_tokens: null,
  osl_seen_max_tokens: null,
  client_delay_avg_ms: null,
  client_delay_p99_ms: null,
  client_send_avg_ms: null,
  client_send_p95_ms: null,
  gpu_utilisation_percent: null,
  gpu_power_watts: null,
  gpu_memory_gib: null,
  engine_prompt_tokens: null,
  engine_generation_tokens: null,
  engine_preemptions: null,
  engine_kv_cache_usage: null,
  engine_requests_running_max: null,
  engine_requests_waiting_max: null,
  engine_prefix_cache_hit_share: null,
  engine_restarted: null,
  simulator_profile: null,
  prefix_cache_reset: null,
  client_cpu_share: null,
  clock_step_s: null,
};
