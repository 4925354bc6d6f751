import type { Endpoint } from './requests.ts';

/** The bodies that vLLM 0.32 sends, field by field and in its order: some clients compare against recordings. */
export interface Identity {
  id: string;
  /** Seconds since the epoch. */
  created: number;
  model: string;
  fingerprint: string;
}

export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

export type FinishReason = 'length' | 'stop';

const usageBody = ({ promptTokens, completionTokens }: Usage) => ({
  prompt_tokens: promptTokens,
  total_tokens: promptTokens + completionTokens,
  completion_tokens: completionTokens,
});

/** One response's stream. Everything but the token is rendered once, for thousands of chunks a second come of it. */
export interface ChunkWriter {
  /** Sent before the first token; empty for completions. */
  head: string;
  token(text: string, finish: FinishReason | null): string;
  usage(usage: Usage): string;
}

export const DONE = 'data: [DONE]\n\n';

export function chunkWriter(endpoint: Endpoint, identity: Identity): ChunkWriter {
  const object = endpoint === 'completions' ? 'text_completion' : 'chat.completion.chunk';
  const opening = JSON.stringify({
    id: identity.id,
    object,
    created: identity.created,
    model: identity.model,
  }).slice(0, -1);
  const event = (rest: string): string => `data: ${opening},${rest}}\n\n`;
  const usage = (counted: Usage): string =>
    event(
      `"choices":[],"usage":${JSON.stringify(usageBody(counted))},"system_fingerprint":${JSON.stringify(identity.fingerprint)}`,
    );
  const ending = (finish: FinishReason | null): string =>
    `"logprobs":null,"finish_reason":${finish === null ? 'null' : `"${finish}"`},"stop_reason":null`;
  if (endpoint === 'completions') {
    return {
      head: '',
      token: (text, finish) =>
        event(
          `"choices":[{"index":0,"text":${JSON.stringify(text)},${ending(finish)},"prompt_token_ids":null,"token_ids":null}]`,
        ),
      usage,
    };
  }
  return {
    head: event(
      '"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null',
    ),
    token: (text, finish) =>
      event(`"choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},${ending(finish)},"token_ids":null}]`),
    usage,
  };
}

/** The answer to a request that did not ask for a stream. */
export function wholeBody(
  endpoint: Endpoint,
  identity: Identity,
  text: string,
  finish: FinishReason,
  usage: Usage,
): string {
  const { id, created, model, fingerprint } = identity;
  const outcome = { logprobs: null, finish_reason: finish, stop_reason: null, token_ids: null };
  const choice =
    endpoint === 'completions'
      ? { index: 0, text, ...outcome, prompt_logprobs: null, prompt_token_ids: null, routed_experts: null }
      : {
          index: 0,
          message: { role: 'assistant', content: text, refusal: null, tool_calls: [], reasoning_content: null },
          ...outcome,
        };
  return JSON.stringify({
    id,
    object: endpoint === 'completions' ? 'text_completion' : 'chat.completion',
    created,
    model,
    choices: [choice],
    service_tier: null,
    system_fingerprint: fingerprint,
    usage: { ...usageBody(usage), prompt_tokens_details: null, completion_tokens_details: null },
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  });
}

export const modelsBody = (model: string, root: string, created: number, maxModelLen: number): string =>
  JSON.stringify({
    object: 'list',
    data: [
      {
        id: model,
        object: 'model',
        created,
        owned_by: 'vllm',
        root,
        parent: null,
        max_model_len: maxModelLen,
        permission: [
          {
            id: `modelperm-${created.toString(16)}`,
            object: 'model_permission',
            created,
            allow_create_engine: false,
            allow_sampling: true,
            allow_logprobs: true,
            allow_search_indices: false,
            allow_view: true,
            allow_fine_tuning: false,
            organization: '*',
            group: null,
            is_blocking: false,
          },
        ],
      },
    ],
  });
