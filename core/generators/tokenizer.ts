import type { EndpointType, GeneratorName } from '../plan/types.ts';

/**
 * AIPerf brings a tokenizer that needs no hub, and token counts come from the engine anyway; genai-perf
 * counts by itself, so it must have the model's own.
 */
export const tokenizerFor = (generator: GeneratorName, model: string): string =>
  generator === 'aiperf' ? 'builtin' : model;

const isGptOss = (model: string): boolean => /(^|\/)gpt-oss/i.test(model);

/** gpt-oss of every size; others have vocabularies of their own. */
export const countsInO200k = isGptOss;

/** In chat gpt-oss thinks aloud in `reasoning_content`, of which genai-perf reads nothing: its tokens are missing. */
export const hidesTokensFromGenaiPerf = (model: string, endpoint: EndpointType): boolean =>
  endpoint === 'chat' && isGptOss(model);
