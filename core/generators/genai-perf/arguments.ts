import type { Cell } from '../../plan/types.ts';
import { type GeneratorInvocation, literal, type Target } from '../generator.ts';
import { flags, outputPins } from '../invocation.ts';

/**
 * With a tokenizer's folder nothing is asked of the hub, which would be tried and retried where there is no way
 * out. For genai-perf alone: AIPerf refuses local tokenizers when either of them is set.
 */
export const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' } as const;

/**
 * `genai-perf profile` 0.0.16. Never `include_usage`: the last chunk of a stream then has no choices and
 * crashes it after the run. It has no request timeout: a hang ends by the load script's limit.
 */
export function genaiPerfArguments(cell: Cell, target: Target): GeneratorInvocation {
  return {
    command: ['genai-perf', 'profile'],
    args: [
      ...flags({
        model: literal(target.model),
        url: target.engineUrlVariable,
        'endpoint-type': cell.endpoint,
        streaming: cell.streaming ? true : undefined,
        tokenizer: literal(target.tokenizer),
        // One or the other: it refuses both.
        concurrency: cell.requestRate === null ? (cell.concurrency ?? undefined) : undefined,
        'request-rate': cell.requestRate ?? undefined,
        'request-count': cell.requestCount,
        'warmup-request-count': cell.warmupRequestCount > 0 ? cell.warmupRequestCount : undefined,
        'synthetic-input-tokens-mean': cell.isl,
        'synthetic-input-tokens-stddev': cell.islStddev,
        'output-tokens-mean': cell.osl,
        'output-tokens-stddev': cell.oslStddev,
        // perf_analyzer sends them from the first on, for the warm-up and then for the measurement again: more would
        // not be sent. An engine that keeps prompts then answers the first ones faster, which its counters show.
        'num-dataset-entries': Math.max(cell.requestCount, cell.warmupRequestCount),
        'random-seed': cell.seed,
        'artifact-dir': target.artifactDirVariable,
        'server-metrics-url': target.gpuMetricsUrl === undefined ? undefined : literal(target.gpuMetricsUrl),
      }),
      ...outputPins(cell, target).flatMap((pin) => ['--extra-inputs', pin]),
    ],
    env: target.tokenizer.startsWith('/') ? { ...OFFLINE } : {},
    unset: [],
  };
}
