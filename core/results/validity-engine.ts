import type { Measurement } from './measurement.ts';
import { BOUND, percent, type Rule } from './validity-rule.ts';

/** What the engine's own counters say, which no tokenizer can bend; an engine without them is not judged by them. */
export const ENGINE_RULES = {
  /** process_start_time_seconds changed, or a counter went down. */
  'engine-restarted': ({ engineRestarted }) =>
    engineRestarted === true
      ? 'The engine was started again during the cell, so some requests met a cold one: look at its log for why it ended.'
      : undefined,

  /**
   * low x (1 - bound) <= generation tokens over the whole cell <= high x (1 + bound), where
   * low = mean length x (measured + warm-up), and high adds the failed requests, which may have been answered in
   * full. The warm-up's lengths are not reported: what sampling explains of them, three standard errors of their
   * sum, is allowed besides.
   */
  'token-counts': (measurement) => {
    const { oslTokens, requestCount, errorCount, cancelled } = measurement;
    const engine = counter(measurement, 'generation_tokens_total');
    // What was in flight when it was cut off was generated and is in no file.
    if (engine === undefined || oslTokens === null || cancelled) return undefined;
    const warmup = measurement.warmupRequestCount ?? 0;
    const low = oslTokens.avg * (requestCount + warmup);
    const high = low + oslTokens.avg * errorCount;
    const sampling = 3 * (oslTokens.std ?? 0) * Math.sqrt(warmup);
    if (engine < low * (1 - BOUND.maxTokenDeviation) - sampling) {
      return `The engine generated ${engine} output tokens where the load generator counted ${Math.round(low)} (${percent(BOUND.maxTokenDeviation)} is allowed): it counts with another tokenizer than the model's.`;
    }
    if (engine > high * (1 + BOUND.maxTokenDeviation) + sampling) {
      return `The engine generated ${engine} output tokens where the load generator counted ${Math.round(high)} (${percent(BOUND.maxTokenDeviation)} is allowed): somebody else used the engine, or the generator does not see all tokens.`;
    }
    return undefined;
  },

  /**
   * Prompt tokens per request that came out of the prefix cache, less those that the engine adds to every prompt (a
   * chat template, which is the same each time) / ISL. Only for synthetic prompts: no two of them are meant to
   * share anything, so a hit says that they were sent before.
   */
  'prefix-cache': (measurement, cell) => {
    const hits = counter(measurement, 'prefix_cache_hits_total');
    const prompts = counter(measurement, 'prompt_tokens_total');
    if (hits === undefined || prompts === undefined || cell.dataset !== 'synthetic') return undefined;
    const requests = measurement.requestCount + measurement.errorCount + (measurement.warmupRequestCount ?? 0);
    const added = Math.max(0, prompts / requests - cell.isl);
    const share = (hits / requests - added) / cell.isl;
    return share > BOUND.maxCachedShare
      ? `${percent(share)} of each prompt came out of the engine's prefix cache (${percent(BOUND.maxCachedShare)} is allowed): these prompts were sent before. Reset the cache, or start the engine with --no-enable-prefix-caching.`
      : undefined;
  },

  /** vllm:num_preemptions_total over the cell / requests, warm-up included. */
  preemptions: (measurement) => {
    const { requestCount } = measurement;
    const preemptions = counter(measurement, 'num_preemptions_total') ?? 0;
    return preemptions / requestCount > BOUND.maxPreemptionRate
      ? `The engine pushed requests back ${preemptions} times for want of KV cache (${requestCount} requests): lower the concurrency or --max-num-seqs, or give it more memory.`
      : undefined;
  },
} satisfies Record<string, Rule>;

const counter = ({ engineCounters }: Measurement, name: string): number | undefined => engineCounters?.[`vllm:${name}`];
