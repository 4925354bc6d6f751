import * as z from 'zod/mini';
import type { Measurement } from '../../results/measurement.ts';
import { distributionIn, scalarIn } from '../metric-blocks.ts';

/** A unit, and a block for each GPU under its index. */
const perGpu = z.optional(z.record(z.string(), z.union([z.string(), z.looseObject({ avg: z.number() })])));

/** The part of profile_export_genai_perf.json that is read: 0.0.9 (flat input_config) to 0.0.16. Times in ms. */
export const genaiPerfSummary = z.looseObject({
  request_throughput: scalarIn('requests/sec'),
  request_latency: distributionIn('ms'),
  /** Absent in 0.0.9. */
  request_count: z.optional(scalarIn('requests', 'count')),
  /** Only with an SLO. */
  request_goodput: z.optional(z.nullable(scalarIn('requests/sec'))),
  /** Also there when nothing was streamed: then it is the request's whole latency. */
  time_to_first_token: z.optional(distributionIn('ms')),
  inter_token_latency: z.optional(distributionIn('ms')),
  output_token_throughput: scalarIn('tokens/sec'),
  output_sequence_length: distributionIn('tokens'),
  input_sequence_length: distributionIn('tokens'),
  telemetry_stats: z.optional(
    z.looseObject({ gpu_utilization: perGpu, gpu_power_usage: perGpu, gpu_memory_used: perGpu }),
  ),
  input_config: z.looseObject({
    streaming: z.optional(z.boolean()),
    endpoint: z.optional(z.union([z.string(), z.looseObject({ streaming: z.optional(z.boolean()) }), z.null()])),
    perf_analyzer: z.optional(z.looseObject({ warmup_request_count: z.optional(z.number()) })),
    warmup_request_count: z.optional(z.number()),
  }),
});

export type GenaiPerfSummary = z.infer<typeof genaiPerfSummary>;

export function streamed({ input_config: config }: GenaiPerfSummary): boolean {
  const nested = typeof config.endpoint === 'object' ? config.endpoint?.streaming : undefined;
  return nested ?? config.streaming ?? false;
}

/** Asked for, not seen: warm-up requests are not exported. */
export const warmupAsked = ({ input_config: config }: GenaiPerfSummary): number | null =>
  config.perf_analyzer?.warmup_request_count ?? config.warmup_request_count ?? null;

/** Utilisation is the mean over the GPUs; power and memory are their sums. */
export function gpuOf({ telemetry_stats: stats }: GenaiPerfSummary): Measurement['gpu'] {
  if (stats === undefined) return null;
  const averages = (block: z.infer<typeof perGpu>): number[] =>
    Object.values(block ?? {}).flatMap((gpu) => (typeof gpu === 'string' ? [] : [gpu.avg]));
  const sum = (values: number[]) => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0));
  const utilisation = averages(stats.gpu_utilization);
  const total = sum(utilisation);
  const memoryGb = sum(averages(stats.gpu_memory_used));
  return {
    utilisationPercent: total === null ? null : total / utilisation.length,
    powerWatts: sum(averages(stats.gpu_power_usage)),
    memoryGiB: memoryGb === null ? null : (memoryGb * 1e9) / 2 ** 30,
  };
}
