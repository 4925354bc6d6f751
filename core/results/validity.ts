import type { Cell } from '../plan/types.ts';
import type { Measurement } from './measurement.ts';

/** Why a measurement may not be ranked: a closed set, stored by its code. */
type InvalidCode =
  | 'cancelled'
  | 'incomplete'
  | 'errors'
  | 'below-concurrency'
  | 'occupancy'
  | 'rate-not-reached'
  | 'client-bound'
  | 'output-length'
  | 'not-warmed-up'
  | 'preemptions';

interface ValidityReason {
  code: InvalidCode;
  /** For people: what was seen, against which bound, and what to do about it. */
  sentence: string;
}

export interface Verdict {
  valid: boolean;
  reasons: ValidityReason[];
}

/** Undefined when the rule holds, or when there is nothing to judge it by. */
type Rule = (measurement: Measurement, cell: Cell) => string | undefined;

/** Below it a closed load was not held: the predecessor's worst cells had 0.43 to 0.77. */
const MIN_OCCUPANCY = 0.85;
/** One per cent: with more, the p99 says more about which requests are missing than about the slowest. */
const MAX_ERROR_RATE = 0.01;
/** Of a request's time, how much may be spent waiting inside the generator. */
const MAX_CLIENT_SHARE = 0.1;
/**
 * Of the mean TTFT. Measured on two busy cores against a server of known latency: TTFT comes out longer by
 * 0.35 to 0.5 of the wait, so at this bound it is off by some 20 %.
 */
const MAX_CLIENT_SHARE_OF_TTFT = 0.5;
/** How far the mean output length may be from the one asked for, on top of what sampling explains. */
const MAX_LENGTH_DEVIATION = 0.05;
/** Preemptions per request. Beyond it the engine spends its time on computing the same tokens again. */
const MAX_PREEMPTION_RATE = 0.1;

/** A rule and its reason: valid is what breaks none of them. */
export function judge(measurement: Measurement, cell: Cell): Verdict {
  const reasons = Object.entries(RULES).flatMap(([code, rule]) => {
    const sentence = rule(measurement, cell);
    return sentence === undefined ? [] : [{ code: code as InvalidCode, sentence }];
  });
  return { valid: reasons.length === 0, reasons };
}

/**
 * Little's law: requests in flight = throughput x time in flight, so
 * occupancy = requestThroughputPerS x mean latency in s / concurrency is 1 while the load is held.
 *
 * A fixed count cannot give 1: at the end no request follows the last ones, and the lanes run dry one after
 * another. With k = requests / concurrency waves of equal requests it is k / ceil(k), so 12 requests at 10
 * are at most 0.6. Lanes that have drifted apart lose half a wave: k / (k + 0.5), 0.857 at 3 waves and 0.91
 * at 5. Hence whole multiples of the concurrency, five waves or more.
 */
export const occupancy = (measurement: Measurement, concurrency: number): number =>
  (measurement.requestThroughputPerS * measurement.requestLatencyMs.avg) / 1000 / concurrency;

/** The most that this many requests can reach at this concurrency, all of one length. */
export const attainableOccupancy = (requestCount: number, concurrency: number): number => {
  const waves = requestCount / concurrency;
  return waves / Math.ceil(waves);
};

const RULES: Record<InvalidCode, Rule> = {
  /** The generator's own word: what was in flight when it gave up is missing, and it was the slowest. */
  cancelled: ({ cancelled }) =>
    cancelled ? 'The load generator was stopped before its last request: the slowest requests are missing.' : undefined,

  /** ended = measured + failed >= asked. */
  incomplete: ({ requestCount, errorCount }, cell) =>
    requestCount + errorCount < cell.requestCount
      ? `Only ${requestCount + errorCount} of ${cell.requestCount} requests came to an end.`
      : undefined,

  /** failed / (measured + failed): failures are in neither latency nor throughput. */
  errors: ({ requestCount, errorCount, errors }) => {
    const rate = errorCount / (requestCount + errorCount);
    return rate > MAX_ERROR_RATE
      ? `${errorCount} of ${requestCount + errorCount} requests failed (${percent(rate)}; ${percent(MAX_ERROR_RATE)} is allowed): ${errors[0]?.message ?? 'no message'}.`
      : undefined;
  },

  /** requests >= concurrency, or that concurrency never was. */
  'below-concurrency': (_, { requestCount, concurrency, requestRate }) =>
    concurrency !== null && requestRate === null && requestCount < concurrency
      ? `${requestCount} requests cannot keep ${concurrency} in flight. Ask for ${5 * concurrency} or more.`
      : undefined,

  occupancy: (measurement, { concurrency, requestRate, requestCount }) => {
    if (concurrency === null || requestRate !== null) return undefined;
    const seen = occupancy(measurement, concurrency);
    if (seen >= MIN_OCCUPANCY) return undefined;
    const best = attainableOccupancy(requestCount, concurrency);
    const cause =
      best < MIN_OCCUPANCY
        ? `${requestCount} requests at ${concurrency} cannot give more than ${best.toFixed(2)}: ask for a multiple of ${concurrency}, ${5 * concurrency} or more`
        : 'the load was not held: ask for more requests, or look whether the client was the bottleneck';
    return `On average ${(seen * concurrency).toFixed(1)} of ${concurrency} requests were in flight (occupancy ${seen.toFixed(2)}, ${MIN_OCCUPANCY} is needed); ${cause}.`;
  },

  /**
   * An open load: throughput / rate, by the same bound. Below it requests queue without end, and the latency
   * says how long the run was.
   */
  'rate-not-reached': ({ requestThroughputPerS }, { requestRate }) =>
    requestRate !== null && requestThroughputPerS / requestRate < MIN_OCCUPANCY
      ? `${requestThroughputPerS.toFixed(2)} requests/s were served where ${requestRate} were sent: the queue grew as long as the run lasted.`
      : undefined,

  /**
   * wait / (wait + latency) and, streamed, wait / TTFT, means over the requests, where wait is from the
   * generator's decision to send to the first byte sent (AIPerf: credit_to_start_latency). A client that
   * sends late reads late: the first is time without load, the second is the client's time in the TTFT.
   */
  'client-bound': ({ clientDelayMs, requestLatencyMs, ttftMs }) => {
    if (clientDelayMs === null) return undefined;
    const { avg: wait } = clientDelayMs;
    const ofRequest = wait / (wait + requestLatencyMs.avg);
    const ofTtft = ttftMs === null ? 0 : wait / ttftMs.avg;
    if (ofRequest <= MAX_CLIENT_SHARE && ofTtft <= MAX_CLIENT_SHARE_OF_TTFT) return undefined;
    const share =
      ofRequest > MAX_CLIENT_SHARE
        ? `${percent(ofRequest)} of their time; ${percent(MAX_CLIENT_SHARE)} is allowed`
        : `${percent(ofTtft)} of the time to first token; ${percent(MAX_CLIENT_SHARE_OF_TTFT)} is allowed`;
    return `Requests waited ${wait.toFixed(1)} ms inside the load generator before they were sent (${share}): give it more CPU.`;
  },

  /**
   * |mean - asked| / asked, less three standard errors of the mean where lengths were spread on purpose.
   * Tokens per second of a model that ended early are another workload's.
   */
  'output-length': ({ oslTokens, requestCount }, cell) => {
    if (oslTokens === null) return undefined;
    const deviation = Math.abs(oslTokens.avg - cell.osl) / cell.osl;
    const sampling = (3 * cell.oslStddev) / Math.sqrt(requestCount) / cell.osl;
    return deviation > MAX_LENGTH_DEVIATION + sampling
      ? `Responses had ${oslTokens.avg.toFixed(1)} tokens on average where ${cell.osl} were asked for (${oslTokens.min} to ${oslTokens.max}): look whether the engine takes ignore_eos and min_tokens.`
      : undefined;
  },

  /** warm-up requests answered >= asked: the first requests of a cold engine are in the p99 otherwise. */
  'not-warmed-up': ({ warmupRequestCount }, cell) =>
    (warmupRequestCount ?? 0) < cell.warmupRequestCount
      ? `Only ${warmupRequestCount ?? 0} of ${cell.warmupRequestCount} warm-up requests were answered.`
      : undefined,

  /** vllm:num_preemptions_total over the cell / requests, warm-up included. */
  preemptions: ({ engineCounters, requestCount }) => {
    const preemptions = engineCounters?.['vllm:num_preemptions_total'] ?? 0;
    return preemptions / requestCount > MAX_PREEMPTION_RATE
      ? `The engine pushed requests back ${preemptions} times for want of KV cache (${requestCount} requests): lower the concurrency or --max-num-seqs, or give it more memory.`
      : undefined;
  },
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
