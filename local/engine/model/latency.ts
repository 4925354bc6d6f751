/**
 * How long an engine takes, in the vocabulary of llm-d-inference-sim: prefill = overhead + tokens x per_token,
 * decode = (output - 1) x ITL, both multiplied by a load factor that depends on the requests in flight.
 * All times are milliseconds of the engine with one request in flight.
 */
export interface LatencyModel {
  /** When not null it replaces overhead + tokens x per_token, as in llm-d-inference-sim. */
  timeToFirstTokenMs: number | null;
  timeToFirstTokenStdDevMs: number;
  prefillOverheadMs: number;
  prefillTimePerTokenMs: number;
  prefillTimeStdDevMs: number;
  interTokenLatencyMs: number;
  interTokenLatencyStdDevMs: number;
  /** The load factor with `loadReferenceSeqs` requests in flight; 1 is an engine that load does not slow. */
  timeFactorUnderLoad: number;
  loadReferenceSeqs: number;
  /**
   * 1 is llm-d-inference-sim's straight line from (1, 1) to (loadReferenceSeqs, timeFactorUnderLoad). Engines that
   * are bound by memory at small batches and by arithmetic at large ones bend upwards: above 1.
   */
  loadExponent: number;
}

/** What admission is limited by. */
export interface Capacity {
  maxNumSeqs: number;
  /** Tokens that the KV cache holds, and the block that it is handed out in. */
  kvCacheTokens: number;
  blockSizeTokens: number;
}

export function loadFactor(model: LatencyModel, inFlight: number): number {
  if (model.loadReferenceSeqs <= 1) return 1;
  const load = Math.max(0, inFlight - 1) / (model.loadReferenceSeqs - 1);
  return 1 + (model.timeFactorUnderLoad - 1) * load ** model.loadExponent;
}

/** @param computedTokens the prompt's tokens less those that a prefix cache had. */
export function prefillMs(model: LatencyModel, computedTokens: number): number {
  return model.timeToFirstTokenMs ?? model.prefillOverheadMs + computedTokens * model.prefillTimePerTokenMs;
}

export const kvBlocks = (capacity: Capacity, tokens: number): number => Math.ceil(tokens / capacity.blockSizeTokens);

export const kvBlocksInAll = (capacity: Capacity): number =>
  Math.floor(capacity.kvCacheTokens / capacity.blockSizeTokens);

/** An engine that answers at once: what a command line without an instance type starts from. */
export const ZERO_LATENCY: LatencyModel = {
  timeToFirstTokenMs: null,
  timeToFirstTokenStdDevMs: 0,
  prefillOverheadMs: 0,
  prefillTimePerTokenMs: 0,
  prefillTimeStdDevMs: 0,
  interTokenLatencyMs: 0,
  interTokenLatencyStdDevMs: 0,
  timeFactorUnderLoad: 1,
  loadReferenceSeqs: 256,
  loadExponent: 1,
};
