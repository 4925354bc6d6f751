/** Names on vLLM's /metrics (0.32), checked against a recorded answer in the tests. */
export const VLLM_COUNTERS = [
  'vllm:prompt_tokens_total',
  'vllm:generation_tokens_total',
  'vllm:num_preemptions_total',
  'vllm:prefix_cache_queries_total',
  'vllm:prefix_cache_hits_total',
  'vllm:request_success_total',
] as const;

/** Sampled while the load runs; what is kept is the peak. */
export const VLLM_GAUGES = [
  'vllm:kv_cache_usage_perc',
  'vllm:num_requests_running',
  'vllm:num_requests_waiting',
] as const;

/** Of the engine's API process, in seconds since the epoch. Absent where several processes share the metrics. */
export const PROCESS_START = 'process_start_time_seconds';
