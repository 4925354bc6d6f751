import type { Cell } from '../plan/types.ts';
import type { Measurement } from './measurement.ts';

/**
 * Undefined when the rule holds, or when there is nothing to judge it by; else, for people, what was seen, against
 * which bound, and what to do about it.
 */
export type Rule = (measurement: Measurement, cell: Cell, asked: AskedOfServer) => string | undefined;

/** What the load asked of the server, beside the cell. */
export interface AskedOfServer {
  /** False of an endpoint that refuses it: outputs then end where the model likes. */
  pinsOutputLength: boolean;
}

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
  /** Of an open load's first third, how much longer its last may take. */
  maxLatencyGrowth: 0.25,
  /** Of the machine's CPU time, where the generator does not say how long its requests waited. */
  maxClientCpu: 0.9,
  /** How far the mean output length may be from the one asked for, on top of what sampling explains. */
  maxLengthDeviation: 0.05,
  /** Of pinned output lengths, the standard deviation: 0.04 in text that is counted anew, 0.1 when one answer in a hundred is missing. */
  maxLengthSpread: 0.1,
  /** Of pinned output lengths, how far the shortest and the longest may be off. */
  maxLengthRange: 0.5,
  /** How far the mean input length may be from the one asked for: a tokenizer of another model counts a quarter more or less. */
  maxInputDeviation: 0.25,
  /** What a chat template with its system prompt may add to a prompt, in tokens. */
  maxTemplateTokens: 200,
  /** Beyond it more requests were in flight than were sent, or answered than were asked. */
  maxOccupancy: 1.05,
  /** Between figures that are one another's product: rounding, and what failed. */
  maxFigureDeviation: 0.02,
  /** A clock that is slewed moves both clocks; one that is read late is no more than some ms off. */
  maxClockStepSeconds: 0.05,
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
