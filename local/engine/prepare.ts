import type { FaultDice } from './faults.ts';
import type { Plan } from './generation.ts';
import type { VllmMetrics } from './metrics/vllm.ts';
import { kvBlocks, prefillMs } from './model/latency.ts';
import { hash32, jittered, normal, uniforms } from './model/noise.ts';
import type { Job } from './model/scheduler.ts';
import type { EngineOptions } from './options.ts';
import type { PrefixCache } from './tokens/prefix-cache.ts';
import type { Tokenizer } from './tokens/tokenizer.ts';
import { badRequest, modelNotFound, outputTooLong, promptTooLong } from './wire/errors.ts';
import type { GenerationRequest } from './wire/requests.ts';

export interface PreparationContext {
  options: EngineOptions;
  tokenizer: Tokenizer;
  prefixCache: PrefixCache | undefined;
  metrics: VllmMetrics;
  dice: FaultDice;
  /** How many requests came before. */
  ordinal: number;
}

export interface Prepared {
  plan: Plan;
  job: Omit<Job<never>, 'payload'>;
}

/**
 * Everything about an answer that is decided before it starts: lengths, timing without load, text.
 * @throws ApiError
 */
export function prepare(request: GenerationRequest, context: PreparationContext): Prepared {
  const { options, dice } = context;
  if (request.model !== undefined && request.model !== options.servedModelName) throw modelNotFound(request.model);
  const failure = dice.failure();
  if (failure !== undefined) throw failure;

  const { promptTokens, cachedTokens } = countPrompt(request, context);
  const maxTokens = allowedTokens(request, promptTokens, options.maxModelLen);
  const random = hash32(promptKey(request), options.seed);
  const { completionTokens, finish } = outputLength(request, maxTokens, uniforms(random ^ 0x1eaf));

  const { latency, capacity } = options.profile;
  const timing = uniforms(random ^ 0x71e5);
  const flat = latency.timeToFirstTokenMs !== null;
  const job = {
    prefillMs: jittered(
      prefillMs(latency, promptTokens - cachedTokens),
      flat ? latency.timeToFirstTokenStdDevMs : latency.prefillTimeStdDevMs,
      timing,
    ),
    gapMs: () => jittered(latency.interTokenLatencyMs, latency.interTokenLatencyStdDevMs, timing),
    outputTokens: completionTokens,
    kvBlocks: kvBlocks(capacity, promptTokens + completionTokens),
  };
  const plan: Plan = {
    identity: {
      id: `${request.endpoint === 'completions' ? 'cmpl' : 'chatcmpl'}-${idDigits(options.seed, context.ordinal)}`,
      created: Math.floor(Date.now() / 1000),
      model: options.servedModelName,
      fingerprint: `stepbench-simulator-${options.profile.source}`,
    },
    usage: { promptTokens, completionTokens },
    maxTokens,
    finish,
    uniform: uniforms(random ^ 0x7e87),
    fault: dice.streamFault(),
  };
  return { plan, job };
}

function countPrompt(request: GenerationRequest, { tokenizer, prefixCache, metrics }: PreparationContext) {
  const { prompt } = request;
  if (prefixCache === undefined) {
    const counted = 'tokens' in prompt ? prompt.tokens.length : tokenizer.count(prompt.text);
    return { promptTokens: atLeastOne(counted + request.templateTokens), cachedTokens: 0 };
  }
  const tokens = 'tokens' in prompt ? prompt.tokens : tokenizer.encode(prompt.text);
  const promptTokens = atLeastOne(tokens.length + request.templateTokens);
  const cachedTokens = prefixCache.lookUp(tokens);
  metrics.prefixLookUp(promptTokens, cachedTokens);
  return { promptTokens, cachedTokens };
}

function atLeastOne(promptTokens: number): number {
  if (promptTokens === 0) throw badRequest('The prompt is empty.', 'prompt');
  return promptTokens;
}

function allowedTokens(request: GenerationRequest, promptTokens: number, maxModelLen: number): number {
  const left = maxModelLen - promptTokens;
  if (left < 1) throw promptTooLong(maxModelLen, promptTokens);
  const maxTokens = request.maxTokens ?? left;
  if (maxTokens > left) throw outputTooLong(maxModelLen, promptTokens, maxTokens);
  if (request.minTokens > maxTokens) {
    throw badRequest(
      `min_tokens must be less than or equal to max_tokens=${maxTokens}, got ${request.minTokens}.`,
      'min_tokens',
    );
  }
  return maxTokens;
}

/** Where a model would stop by itself: log-normal, median 150 tokens. Invented; benchmarks pin the length anyway. */
const NATURAL_MEDIAN_TOKENS = 150;
const NATURAL_SPREAD = 0.6;

function outputLength(request: GenerationRequest, maxTokens: number, uniform: () => number) {
  const natural = Math.round(NATURAL_MEDIAN_TOKENS * Math.exp(NATURAL_SPREAD * normal(uniform)));
  if (request.ignoreEos || natural >= maxTokens) return { completionTokens: maxTokens, finish: 'length' as const };
  return { completionTokens: Math.max(1, natural, request.minTokens), finish: 'stop' as const };
}

const promptKey = ({ endpoint, prompt }: GenerationRequest): string =>
  `${endpoint}:${'tokens' in prompt ? prompt.tokens.join() : prompt.text}`;

const idDigits = (seed: number, ordinal: number): string =>
  [hash32(`id ${ordinal}`, seed), ordinal].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
