import type { MatrixCell } from '../matrix/types.ts';

/**
 * How long the phases of a node's life are assumed to take, in seconds, until runs of one's own say better (their
 * table of deployments has every phase).
 *
 * - launch: a GPU node of EKS Auto Mode from the pending pod to Ready, 60-120 s.
 * - pull: an engine image of some 10 GB through NAT, unpacked on NVMe.
 * - load: 13 GB of weights from S3, and CUDA graphs.
 * - cell overhead: a generator starts for 7-18 s before its first request, uploads its files, and half a poll passes.
 * - release: the node drains and is terminated; its GPU is paid for until then.
 */
export const ASSUMED_SECONDS = {
  launch: 90,
  pull: 240,
  load: 120,
  cellOverhead: 20,
  release: 120,
} as const;

export type PhaseDurations = { readonly [P in keyof typeof ASSUMED_SECONDS]: number };

/**
 * The slowest engine among 24 cells of gpt-oss-20b that were measured on g5.8xlarge, 12xlarge, 16xlarge and 48xlarge
 * in August 2025, and a little slower: no cell had less than 17 tokens/s per stream up to concurrency 40, or less
 * than 780 tokens/s above. Assuming too little throughput makes an estimate too dear, never a deadline too short.
 */
const TOKENS_PER_SECOND_AND_STREAM = 17;
const TOKENS_PER_SECOND = 780;

/** Prompts are read much faster than answers are written; counted apart, which overlaps in truth. */
const PROMPT_TOKENS_PER_SECOND = 5000;

/** Output tokens per second that an engine is assumed to reach with so many requests in flight. */
export const assumedTokensPerSecond = (concurrency: number): number =>
  Math.min(concurrency * TOKENS_PER_SECOND_AND_STREAM, TOKENS_PER_SECOND);

/** Seconds that a cell's load takes, warm-up included, when nobody knows better. */
export function assumedCellSeconds(
  cell: Pick<MatrixCell, 'concurrency' | 'requestRate' | 'isl' | 'osl' | 'requestCount' | 'warmupRequestCount'>,
): number {
  const requests = cell.requestCount + cell.warmupRequestCount;
  const alone = cell.isl / PROMPT_TOKENS_PER_SECOND + cell.osl / assumedTokensPerSecond(1);
  if (cell.requestRate !== null) {
    const saturated = (requests * cell.osl) / TOKENS_PER_SECOND;
    return alone + Math.max(requests / cell.requestRate, saturated);
  }
  const decoding = (requests * cell.osl) / assumedTokensPerSecond(cell.concurrency ?? 1);
  return Math.max(alone, decoding + (requests * cell.isl) / PROMPT_TOKENS_PER_SECOND);
}
