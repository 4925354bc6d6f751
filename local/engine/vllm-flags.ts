/** What vLLM is started with in earnest, and what no simulation depends on: accepted, so that one command fits both. */
export const WITHOUT_EFFECT = {
  value: [
    'api-server-count attention-backend async-scheduling chat-template compilation-config config-format cpu-offload-gb',
    'data-parallel-size distributed-executor-backend download-dir dtype generation-config gpu-memory-utilization',
    'hf-overrides kv-cache-dtype load-format max-num-batched-tokens max-seq-len-to-capture model-loader-extra-config',
    'pipeline-parallel-size quantization reasoning-parser revision served-model-revision swap-space tokenizer',
    'tokenizer-mode tool-call-parser uvicorn-log-level',
    'allowed-local-media-path block-manager-version code-revision cuda-graph-sizes data-parallel-backend',
    'data-parallel-size-local default-chat-template-kwargs kv-cache-memory-bytes kv-transfer-config limit-mm-per-prompt',
    'max-logprobs max-num-partial-prefills max-parallel-loading-workers mm-processor-kwargs num-gpu-blocks-override',
    'optimization-level override-generation-config response-role rope-scaling rope-theta root-path runner',
    'scheduling-policy speculative-config stream-interval task tokenizer-revision tool-parser-plugin',
  ],
  switch: [
    'disable-custom-all-reduce disable-log-requests disable-log-stats enable-auto-tool-choice enable-chunked-prefill',
    'enable-expert-parallel enable-log-requests enable-prompt-tokens-details enable-reasoning',
    'enable-request-id-headers enable-server-load-tracking enable-sleep-mode enforce-eager',
    'skip-tokenizer-init trust-remote-code use-tqdm-on-load',
  ],
};

const SHORT: Record<string, string> = {
  '-tp': '--tensor-parallel-size',
  '-pp': '--pipeline-parallel-size',
  '-dp': '--data-parallel-size',
  '-q': '--quantization',
};

/** vLLM takes its flags with underscores too, and has short names of two letters. */
export function spelledOut(word: string): string {
  if (!word.startsWith('--')) return SHORT[word] ?? word;
  const [name = '', ...value] = word.split('=');
  return [name.replaceAll('_', '-'), ...value].join('=');
}
