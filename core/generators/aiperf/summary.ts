import * as z from 'zod/mini';
import type { Measurement } from '../../results/measurement.ts';
import { distributionIn, scalarBlock, scalarIn } from '../metric-blocks.ts';

const gpu = z.looseObject({
  metrics: z.looseObject({
    nvidia_gpu_utilization: z.optional(scalarBlock),
    nvidia_power_usage: z.optional(scalarBlock),
    nvidia_memory_used: z.optional(scalarBlock),
  }),
});

/** The part of profile_export_aiperf.json (schema_version 1.x) that is read. Times in ms. */
export const aiperfSummary = z.looseObject({
  schema_version: z.string().check(z.regex(/^1\./)),
  aiperf_version: z.string(),
  was_cancelled: z.boolean(),
  is_complete: z.optional(z.boolean()),
  request_count: scalarIn('requests', 'count'),
  request_throughput: scalarIn('requests/sec'),
  request_latency: distributionIn('ms'),
  time_to_first_token: z.optional(distributionIn('ms')),
  inter_token_latency: z.optional(distributionIn('ms')),
  /** The lengths are absent when the server reported no usage and the tokenizer was not asked. */
  input_sequence_length: z.optional(distributionIn('tokens')),
  output_sequence_length: z.optional(distributionIn('tokens')),
  usage_prompt_tokens: z.optional(distributionIn('tokens')),
  usage_completion_tokens: z.optional(distributionIn('tokens')),
  credit_to_start_latency: z.optional(distributionIn('ms')),
  /** From the start of its clock to the last byte sent; a new connection's making is in it. */
  http_req_sending: z.optional(distributionIn('ms')),
  http_req_connection_overhead: z.optional(distributionIn('ms')),
  goodput: z.optional(scalarIn('requests/sec')),
  telemetry_data: z.optional(
    z.nullable(
      z.looseObject({
        endpoints: z.record(z.string(), z.looseObject({ gpus: z.record(z.string(), gpu) })),
      }),
    ),
  ),
});

export type AiperfSummary = z.infer<typeof aiperfSummary>;

/** Utilisation is the mean over the GPUs; power and memory are their sums. */
export function gpuOf(summary: AiperfSummary): Measurement['gpu'] {
  const metrics = Object.values(summary.telemetry_data?.endpoints ?? {})
    .flatMap((endpoint) => Object.values(endpoint.gpus))
    .map((each) => each.metrics);
  const all = (name: keyof (typeof metrics)[number]) =>
    metrics.flatMap((each) => {
      const block = each[name] as { avg: number } | undefined;
      return block === undefined ? [] : [block.avg];
    });
  const sum = (values: number[]) => (values.length === 0 ? null : values.reduce((a, b) => a + b, 0));
  const utilisation = all('nvidia_gpu_utilization');
  const total = sum(utilisation);
  const memoryGb = sum(all('nvidia_memory_used'));
  if (metrics.length === 0) return null;
  return {
    utilisationPercent: total === null ? null : total / utilisation.length,
    powerWatts: sum(all('nvidia_power_usage')),
    // It converts DCGM's MiB to powers of ten.
    memoryGiB: memoryGb === null ? null : (memoryGb * 1e9) / 2 ** 30,
  };
}
