import * as z from 'zod/mini';
import { badRequest } from './errors.ts';

/**
 * The fields that change what the simulator does. Everything else (temperature, stop, logprobs, ...) is accepted and
 * has no effect: the text means nothing anyway.
 */
const common = {
  model: z.optional(z.string()),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.object({ include_usage: z.nullish(z.boolean()) })),
  max_tokens: z.nullish(z.int().check(z.gte(1))),
  min_tokens: z.nullish(z.int().check(z.gte(0))),
  ignore_eos: z.nullish(z.boolean()),
  n: z.nullish(z.int()),
};

const prompt = z.union([z.string(), z.array(z.int()), z.array(z.string()), z.array(z.array(z.int()))]);

const completion = z.object({ ...common, prompt });

const message = z.object({
  role: z.string(),
  content: z.nullish(z.union([z.string(), z.array(z.object({ type: z.string(), text: z.optional(z.string()) }))])),
});

const chat = z.object({
  ...common,
  max_completion_tokens: z.nullish(z.int().check(z.gte(1))),
  messages: z.array(message).check(z.minLength(1)),
});

export type Endpoint = 'completions' | 'chat';

/** What both endpoints come down to. */
export interface GenerationRequest {
  endpoint: Endpoint;
  /** Undefined means the model that is served. */
  model: string | undefined;
  prompt: { text: string } | { tokens: number[] };
  /** Tokens that the chat template adds around the text. */
  templateTokens: number;
  stream: boolean;
  includeUsage: boolean;
  /** Undefined: whatever fits. */
  maxTokens: number | undefined;
  minTokens: number;
  ignoreEos: boolean;
}

/** vLLM's default for completions. */
const COMPLETION_MAX_TOKENS = 16;

/** Harmony frames a message with about four tokens and opens the answer with three. */
const TOKENS_A_MESSAGE = 4;
const TOKENS_OF_THE_ANSWERS_HEAD = 3;

/** @throws ApiError (400) */
export function parseRequest(endpoint: Endpoint, body: string): GenerationRequest {
  const json = parseJson(body);
  if (endpoint === 'completions') {
    const request = check(completion, json);
    return {
      ...shared(endpoint, request),
      prompt: onePrompt(request.prompt),
      templateTokens: 0,
      maxTokens: request.max_tokens ?? COMPLETION_MAX_TOKENS,
    };
  }
  const request = check(chat, json);
  return {
    ...shared(endpoint, request),
    prompt: { text: request.messages.map(({ content }) => textOf(content)).join('\n') },
    templateTokens: request.messages.length * TOKENS_A_MESSAGE + TOKENS_OF_THE_ANSWERS_HEAD,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
  };
}

function shared(endpoint: Endpoint, request: z.infer<z.ZodMiniObject<typeof common>>) {
  if ((request.n ?? 1) !== 1) throw badRequest('The simulator answers with one choice: n must be 1.', 'n');
  return {
    endpoint,
    model: request.model,
    stream: request.stream ?? false,
    includeUsage: request.stream_options?.include_usage ?? false,
    minTokens: request.min_tokens ?? 0,
    ignoreEos: request.ignore_eos ?? false,
  };
}

function onePrompt(prompt: z.infer<typeof completion>['prompt']): GenerationRequest['prompt'] {
  if (typeof prompt === 'string') return { text: prompt };
  const [first] = prompt;
  if (first === undefined) throw badRequest('The prompt is empty.', 'prompt');
  if (typeof first === 'number') return { tokens: prompt as number[] };
  if (prompt.length > 1) throw badRequest('The simulator takes one prompt a request.', 'prompt');
  return typeof first === 'string' ? { text: first } : { tokens: first };
}

type Content = z.infer<typeof message>['content'];

const textOf = (content: Content): string =>
  typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message}`);
  }
}

function check<T extends z.ZodMiniType>(schema: T, json: unknown): z.infer<T> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw badRequest(`${issues.length} validation error(s): ${issues.join('; ')}`);
}
