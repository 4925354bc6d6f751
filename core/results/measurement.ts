import type { GeneratorName } from '../plan/types.ts';

/** What a load generator's files say, in one shape for all generators. Times in ms, lengths in tokens. */
export interface Distribution {
  avg: number;
  min: number;
  max: number;
  std: number | null;
  p50: number;
  p75: number;
  p90: number;
  p95: number;
  p99: number;
}

/** Mean latency of the requests that were sent first, then, and last, in ms. */
export type LatencyThirds = Record<'first' | 'middle' | 'last', { avg: number; standardError: number }>;

export interface Measurement {
  generator: GeneratorName;
  generatorVersion: string | null;
  /** ISO times of the first request sent and the last response received, warm-up left out. */
  startedAt: string;
  endedAt: string;
  durationSeconds: number;
  requestCount: number;
  errorCount: number;
  warmupRequestCount: number | null;
  cancelled: boolean;
  /** The commonest errors first, for people. */
  errors: { message: string; count: number }[];
  requestThroughputPerS: number;
  outputTokensPerS: number;
  inputTokensPerS: number | null;
  requestLatencyMs: Distribution;
  /** Null when the responses were not streamed. */
  ttftMs: Distribution | null;
  itlMs: Distribution | null;
  islTokens: Distribution | null;
  oslTokens: Distribution | null;
  /** How long a request waited inside the generator before it was sent (AIPerf): large when the client is the bottleneck. */
  clientDelayMs: { avg: number; p99: number } | null;
  /**
   * From the start of the client's clock to the last byte of the request, what a connection took left out (AIPerf):
   * it is in the TTFT, and is not the server's. Null or absent where nobody measured it.
   */
  clientSendMs?: { avg: number; p95: number } | null;
  goodputPerS: number | null;
  gpu: { utilisationPercent: number | null; powerWatts: number | null; memoryGiB: number | null } | null;
  engineCounters: Record<string, number> | null;
  /** Null, or absent, where nobody could tell; so with the following. */
  engineRestarted?: boolean | null;
  /** Where a simulated engine has its timing from: `seed`, `extrapolated` or `custom`. */
  simulatorProfile?: string | null;
  /** Whether the engine dropped its prefix cache before the cell. */
  prefixCacheReset?: boolean | null;
  /** Null for fewer requests than can show a trend. */
  latencyThirdsMs?: LatencyThirds | null;
  /** Requests per second from the first to the last that was sent. */
  heldThroughputPerS?: number | null;
  /** How far the wall clock of the generator's machine moved against its monotonic one, in s. */
  clockStepSeconds?: number | null;
  /** Of the generator's machine, 0 to 1, while it measured. */
  clientCpuShare?: number | null;
}
