import { ArtifactName } from '#core/generators/artifacts.ts';
import { block } from './metric-block.ts';
import { sentMs, type VirtualMeasurement } from './virtual-measurement.ts';

/** The files of a virtual genai-perf: its summary and the times of each request. */
export function genaiPerfFiles({ cell, prediction, startMs, endMs }: VirtualMeasurement): Record<string, string> {
  const requestsPerS = cell.requestCount / ((endMs - startMs) / 1000);
  const summary = {
    request_throughput: { unit: 'requests/sec', avg: requestsPerS },
    request_latency: block('ms', prediction.latencyMs),
    request_count: { unit: 'count', avg: cell.requestCount },
    time_to_first_token: block('ms', cell.streaming ? prediction.ttftMs : prediction.latencyMs),
    ...(cell.streaming && { inter_token_latency: block('ms', prediction.itlMs) }),
    output_token_throughput: { unit: 'tokens/sec', avg: requestsPerS * cell.osl },
    output_sequence_length: block('tokens', cell.osl),
    input_sequence_length: block('tokens', cell.isl),
    input_config: {
      endpoint: { streaming: cell.streaming },
      perf_analyzer: { warmup_request_count: cell.warmupRequestCount },
    },
  };
  const latencyMs = Math.min(prediction.latencyMs, endMs - startMs);
  const requests = Array.from({ length: cell.requestCount }, (_, index) => {
    const fromMs = sentMs(index, cell, startMs, endMs - latencyMs);
    return { timestamp: nanoseconds(fromMs), response_timestamps: [nanoseconds(fromMs + latencyMs)] };
  });
  return {
    'virtual/profile_export_genai_perf.json': JSON.stringify(summary),
    'virtual/profile_export.json': JSON.stringify({ experiments: [{ requests }] }),
    [ArtifactName.exitCode]: '0\n',
  };
}

const nanoseconds = (ms: number): number => Math.round(ms * 1e6);
