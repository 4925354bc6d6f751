import { AIPERF_VERSION } from '#core/generators/aiperf/aiperf.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import { block } from './metric-block.ts';
import { sentMs, type VirtualMeasurement } from './virtual-measurement.ts';

/** The files of a virtual AIPerf: its summary and a record for each request. */
export function aiperfFiles({ cell, prediction, startMs, endMs }: VirtualMeasurement): Record<string, string> {
  const requestsPerS = cell.requestCount / ((endMs - startMs) / 1000);
  const summary = {
    schema_version: '1.0',
    aiperf_version: AIPERF_VERSION,
    was_cancelled: false,
    is_complete: true,
    request_count: { unit: 'requests', avg: cell.requestCount },
    request_throughput: { unit: 'requests/sec', avg: requestsPerS },
    request_latency: block('ms', prediction.latencyMs),
    ...(cell.streaming && {
      time_to_first_token: block('ms', prediction.ttftMs),
      inter_token_latency: block('ms', prediction.itlMs),
    }),
    usage_prompt_tokens: block('tokens', cell.isl),
    usage_completion_tokens: block('tokens', cell.osl),
    credit_to_start_latency: block('ms', 0),
    http_req_sending: block('ms', 0),
  };
  const record = (phase: string, fromMs: number, toMs: number) =>
    JSON.stringify({
      metadata: { benchmark_phase: phase, request_start_ns: fromMs * 1e6, request_end_ns: toMs * 1e6 },
      error: null,
    });
  const latencyMs = Math.min(prediction.latencyMs, endMs - startMs);
  const lastStartMs = endMs - latencyMs;
  const records = [
    ...Array.from({ length: cell.warmupRequestCount }, () => record('warmup', startMs - latencyMs, startMs)),
    ...Array.from({ length: cell.requestCount }, (_, index) => {
      const fromMs = sentMs(index, cell, startMs, lastStartMs);
      return record('profiling', fromMs, fromMs + latencyMs);
    }),
  ];
  return {
    'profile_export_aiperf.json': JSON.stringify(summary),
    'profile_export.jsonl': `${records.join('\n')}\n`,
    [ArtifactName.exitCode]: '0\n',
  };
}
