import type { Column } from './column.ts';

/** What was seen of the client, the GPUs and the engine while a cell was measured. */
export const OBSERVED_COLUMNS = [
  {
    name: 'client_delay_avg_ms',
    type: 'double',
    unit: 'ms',
    nullable: true,
    meaning: 'Wait of a request inside the generator, mean: large when the client is the bottleneck',
  },
  {
    name: 'client_delay_p99_ms',
    type: 'double',
    unit: 'ms',
    nullable: true,
    meaning: 'Wait of a request inside the generator, p99',
  },
  {
    name: 'client_send_avg_ms',
    type: 'double',
    unit: 'ms',
    nullable: true,
    meaning: "From the start of the generator's clock to the last byte of the request, mean: it is in the TTFT",
  },
  {
    name: 'client_send_p95_ms',
    type: 'double',
    unit: 'ms',
    nullable: true,
    meaning: "From the start of the generator's clock to the last byte of the request, p95",
  },
  {
    name: 'gpu_utilisation_percent',
    type: 'double',
    unit: '%',
    nullable: true,
    meaning: 'GPU utilisation, mean over GPUs and time',
  },
  {
    name: 'gpu_power_watts',
    type: 'double',
    unit: 'W',
    nullable: true,
    meaning: 'GPU power, sum over GPUs, mean over time',
  },
  {
    name: 'gpu_memory_gib',
    type: 'double',
    unit: 'GiB',
    nullable: true,
    meaning: 'GPU memory in use, sum over GPUs, mean over time',
  },
  {
    name: 'engine_prompt_tokens',
    type: 'bigint',
    unit: 'tokens',
    nullable: true,
    meaning: "Growth of the engine's own counter of prompt tokens, warm-up included",
  },
  {
    name: 'engine_generation_tokens',
    type: 'bigint',
    unit: 'tokens',
    nullable: true,
    meaning: "Growth of the engine's own counter of output tokens, warm-up included: no tokenizer can bend it",
  },
  {
    name: 'engine_preemptions',
    type: 'bigint',
    nullable: true,
    meaning: 'Requests the engine pushed back for want of KV cache',
  },
  {
    name: 'engine_kv_cache_usage',
    type: 'double',
    nullable: true,
    meaning: 'Share of the KV cache in use at its fullest, 0 to 1',
  },
  {
    name: 'engine_requests_running_max',
    type: 'double',
    nullable: true,
    meaning: 'Requests in the engine at once at most, as sampled, warm-up included',
  },
  {
    name: 'engine_requests_waiting_max',
    type: 'double',
    nullable: true,
    meaning: "Requests in the engine's queue at most, as sampled, warm-up included",
  },
  {
    name: 'engine_prefix_cache_hit_share',
    type: 'double',
    nullable: true,
    meaning: 'Share of the prompt tokens that the engine had in its prefix cache, 0 to 1',
  },
  {
    name: 'engine_restarted',
    type: 'boolean',
    nullable: true,
    meaning: 'Whether the engine was started again during the cell; null when it does not say',
  },
  {
    name: 'simulator_profile',
    type: 'string',
    nullable: true,
    meaning:
      'Timing of a simulated engine: seed (fitted to measurements of this type and model), extrapolated from others, or custom; null of a real engine',
  },
  {
    name: 'prefix_cache_reset',
    type: 'boolean',
    nullable: true,
    meaning: 'Whether the engine dropped its prefix cache before the cell; null when not asked or not offered',
  },
  {
    name: 'client_cpu_share',
    type: 'double',
    nullable: true,
    meaning: "Share of the load generator's machine's CPU in use while measuring, 0 to 1",
  },
] as const satisfies readonly Column[];
