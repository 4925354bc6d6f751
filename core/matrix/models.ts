/**
 * How much GPU memory the weights of well-known models need at least. A lower bound: a matrix is refused only for
 * what cannot be. GB are 10^9 bytes, as model pages have them.
 *
 * Sources: file listings and model pages on huggingface.co, read in 2026. gpt-oss: the sum of its safetensors.
 * The others: parameters on the model page times two bytes (BF16).
 */
const KNOWN_MODEL_GB: Readonly<Record<string, number>> = {
  'meta-llama/Llama-3.1-8B-Instruct': 16,
  'meta-llama/Llama-3.1-70B-Instruct': 141,
  'meta-llama/Llama-3.3-70B-Instruct': 141,
  'openai/gpt-oss-120b': 65.2,
  'openai/gpt-oss-20b': 13.76,
  'Qwen/Qwen3-8B': 16,
  'Qwen/Qwen3-32B': 64,
};

/**
 * The longest context of well-known models as they are published, in tokens, prompt and answer together: vLLM refuses
 * to start with a longer one, and no request can be longer.
 *
 * What is meant is `max_position_embeddings` of each model's config.json. Qwen3's (32,768 tokens of prompt and 8,192 of
 * answer) was read in its public issues; the others are as the publishers name them, and were not read from the files.
 */
const KNOWN_CONTEXT_TOKENS: Readonly<Record<string, number>> = {
  'meta-llama/Llama-3.1-8B-Instruct': 131_072,
  'meta-llama/Llama-3.1-70B-Instruct': 131_072,
  'meta-llama/Llama-3.3-70B-Instruct': 131_072,
  'openai/gpt-oss-120b': 131_072,
  'openai/gpt-oss-20b': 131_072,
  'Qwen/Qwen2.5-0.5B-Instruct': 32_768,
  'Qwen/Qwen3-8B': 40_960,
  'Qwen/Qwen3-32B': 40_960,
};

const BYTES_PER_GIB = 2 ** 30;

/** Undefined for a model that is not in the table. */
export function knownWeightsGiB(model: string): number | undefined {
  const gigabytes = Object.hasOwn(KNOWN_MODEL_GB, model) ? KNOWN_MODEL_GB[model] : undefined;
  return gigabytes === undefined ? undefined : (gigabytes * 1e9) / BYTES_PER_GIB;
}

/** Undefined for a model that is not in the table. */
export const knownContextTokens = (model: string): number | undefined =>
  Object.hasOwn(KNOWN_CONTEXT_TOKENS, model) ? KNOWN_CONTEXT_TOKENS[model] : undefined;

/** The model's name on the hub where only its last part was written, and that is known. */
export const hubNameOf = (name: string): string | undefined =>
  Object.keys(KNOWN_CONTEXT_TOKENS).find(
    (model) => model.slice(model.indexOf('/') + 1).toLowerCase() === name.toLowerCase(),
  );
