import type { Cell } from '../plan/types.ts';
import type { Measurement } from './measurement.ts';
import { BOUND, percent } from './validity-rule.ts';

/**
 * What a client adds to a TTFT at most, in ms: so much always, and so much for each other request in flight. Tokens that come
 * at once are read one after another, on average after half of them and in the p95 after nearly all; the worst case,
 * all requests in step, is what bench/truth.ts measures, and these lie above what it saw on two cores.
 */
export const TTFT_EXCESS = {
  /** A worker of AIPerf reads a first token in some 0.3 ms. What it took to send, which it reports, comes on top. */
  aiperf: { ms: 1.7, perRequest: { avg: 0.16, p95: 0.36 } },
  'genai-perf': { ms: 1, perRequest: { avg: 0.016, p95: 0.065 } },
} as const;

/** Why a TTFT may not be ranked where the cell's other figures may. */
export type TtftCode = 'ttft-client-bound' | 'ttft-client-busy';

export const TTFT_CODES = ['ttft-client-bound', 'ttft-client-busy'] as const satisfies readonly TtftCode[];

export interface TtftVerdict {
  valid: boolean;
  reasons: { code: TtftCode; sentence: string }[];
}

/**
 * A TTFT is short, so a client's own milliseconds weigh more in it than in any other figure: it is judged by itself.
 * It is never too short: the client's clock starts before the request is sent and stops after the token has come.
 *
 * @returns null when there is no TTFT.
 */
export function judgeTtft(measurement: Measurement, cell: Cell): TtftVerdict | null {
  if (measurement.ttftMs === null) return null;
  const reasons = [clientBound(measurement, cell), clientBusy(measurement)].filter((one) => one !== undefined);
  return { valid: reasons.length === 0, reasons };
}

type Reason = TtftVerdict['reasons'][number];

/**
 * excess <= max(maxTtftExcessMs, maxTtftExcessShare x TTFT), of the means and of the p95s, where
 * excess = ms + send + perRequest x the others in flight (concurrency, or throughput x latency, less one).
 */
function clientBound(measurement: Measurement, { concurrency }: Cell): Reason | undefined {
  const { ttftMs, clientSendMs, generator, requestThroughputPerS, requestLatencyMs } = measurement;
  if (ttftMs === null) return undefined;
  const { ms, perRequest } = TTFT_EXCESS[generator];
  const others = Math.max(0, (concurrency ?? (requestThroughputPerS * requestLatencyMs.avg) / 1000) - 1);
  for (const statistic of ['avg', 'p95'] as const) {
    const excess = ms + (clientSendMs?.[statistic] ?? 0) + perRequest[statistic] * others;
    const ttft = ttftMs[statistic];
    if (excess <= Math.max(BOUND.maxTtftExcessMs, BOUND.maxTtftExcessShare * ttft)) continue;
    return {
      code: 'ttft-client-bound',
      sentence: `Up to ${excess.toFixed(1)} ms of the ${statistic === 'avg' ? 'mean' : 'p95'} time to first token of ${ttft.toFixed(1)} ms may be the load generator's own (${percent(BOUND.maxTtftExcessShare)} or ${BOUND.maxTtftExcessMs} ms are allowed): it is not ranked. Give the load generator more CPU, or fewer requests in flight.`,
    };
  }
  return undefined;
}

/** A machine without CPU to spare lets a token that has come wait to be read, which no figure of the client shows. */
function clientBusy({ clientCpuShare }: Measurement): Reason | undefined {
  return typeof clientCpuShare === 'number' && clientCpuShare > BOUND.maxClientCpu
    ? {
        code: 'ttft-client-busy',
        sentence: `${percent(clientCpuShare)} of the CPU beside the load generator was in use (${percent(BOUND.maxClientCpu)} is allowed), so that tokens waited to be read: the time to first token is too long by an unknown time, and is not ranked. Give the load generator more CPU.`,
      }
    : undefined;
}
