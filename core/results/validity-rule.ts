import type { Cell } from '../plan/types.ts';
import type { Measurement } from './measurement.ts';

/**
 * Undefined when the rule holds, or when there is nothing to judge it by; else, for people, what was seen, against
 * which bound, and what to do about it.
 */
export type Rule = (measurement: Measurement, cell: Cell) => string | undefined;

/** The bounds of the rules; docs/measurement.md says where each comes from, and a test that it says the same. */
export const BOUND = {
  /** Below it a closed load was not held: the predecessor's worst cells had 0.43 to 0.77. */
  minOccupancy: 0.85,
  /** With more errors, the p99 says more about which requests are missing than about the slowest. */
  maxErrorRate: 0.01,
  /**
   * Of a request's time, how much may be spent waiting inside the generator. Against a server's own log, latency,
   * ITL and throughput were within 2 % in every cell below it, and up to 3.8 % off in those from 0.025 to 0.047.
   */
  maxClientShare: 0.02,
  /** Of a TTFT, how much may be the client's own. */
  maxTtftExcessShare: 0.02,
  /** In ms, the same for a short TTFT: timers and schedulers have a granularity of one. */
  maxTtftExcessMs: 2,
  /** Of the machine's CPU time, where the generator does not say how long its requests waited. */
  maxClientCpu: 0.9,
  /** How far the mean output length may be from the one asked for, on top of what sampling explains. */
  maxLengthDeviation: 0.05,
  /** Between the generator's count of output tokens and the engine's; re-tokenized text alone differs by up to 4 %. */
  maxTokenDeviation: 0.05,
  /** Preemptions per request. Beyond it the engine spends its time on computing the same tokens again. */
  maxPreemptionRate: 0.1,
  /** Of the prompt's length asked for, how much may come out of the prefix cache. */
  maxCachedShare: 0.1,
  /** Between duration and requests / throughput, which generators take from different clocks. */
  maxTimeDeviation: 0.1,
} as const;

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
