import { readFileSync } from 'node:fs';

/**
 * What the predecessor of this project measured on real G5 nodes in August 2025 (vLLM, openai/gpt-oss-20b, genai-perf
 * without streaming): g5-seed.csv, a line a cell.
 */
export interface SeedCell {
  instanceType: string;
  model: string;
  tensorParallel: number;
  gpuCount: number;
  concurrency: number;
  requestThroughputPerS: number;
  outputTokensPerS: number;
  /** Mean. */
  latencyMs: number;
  latencyMinMs: number;
  latencyP75Ms: number;
  latencyP90Ms: number;
  latencyP99Ms: number;
  latencyMaxMs: number;
  osl: number;
  isl: number;
  /** ISO times of the whole cell, and the seconds between: the generator's start is included. */
  startedAt: string;
  endedAt: string;
  wallSeconds: number;
  /** Completed requests x latency over what the clients offered. 1 is a steady state; below 0.85 a cell is not valid. */
  occupancy: number;
}

export const VALID_OCCUPANCY = 0.85;

/** Three windows of 10 s, stretched by 1.2: completions inside were counted, requests in flight at the end were not. */
export const WINDOW_MS = 36_000;

export function seedCells(): SeedCell[] {
  const [head, ...lines] = readFileSync(new URL('./g5-seed.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const names = head!.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    const text = (name: string): string => fields[names.indexOf(name)] ?? '';
    const number = (name: string): number => Number(text(name));
    const concurrency = number('concurrency');
    const requestThroughputPerS = number('request_throughput');
    const latencyMs = number('latency_avg_ms');
    return {
      instanceType: text('instance_type'),
      model: text('model'),
      gpuCount: number('gpus_on_instance'),
      tensorParallel: number('tensor_parallel'),
      concurrency,
      requestThroughputPerS,
      outputTokensPerS: number('output_token_throughput'),
      latencyMs,
      wallSeconds: number('wall_s'),
      latencyMinMs: number('latency_min_ms'),
      latencyP75Ms: number('latency_p75_ms'),
      latencyP90Ms: number('latency_p90_ms'),
      latencyP99Ms: number('latency_p99_ms'),
      latencyMaxMs: number('latency_max_ms'),
      startedAt: text('started_at'),
      endedAt: text('ended_at'),
      osl: number('osl_avg'),
      isl: number('isl_avg'),
      occupancy: (requestThroughputPerS * latencyMs) / 1000 / concurrency,
    };
  });
}
