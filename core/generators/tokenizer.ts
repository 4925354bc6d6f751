import { TOKENIZER_DIR } from '../cluster/tokenizer-fetcher.ts';
import type { Deployment, EndpointType, GeneratorName } from '../plan/types.ts';

/** What AIPerf calls its own. */
const BUILTIN = 'builtin';

/**
 * AIPerf brings a tokenizer that needs no hub, and token counts come from the engine anyway; genai-perf
 * counts by itself, so it must have the model's own: out of the bucket where that has it, else from the hub.
 */
export const tokenizerFor = (generator: GeneratorName, model: string, staging: 'bucket' | 'hub'): string => {
  if (generator === 'aiperf') return BUILTIN;
  return staging === 'bucket' ? TOKENIZER_DIR : model;
};

/** Not for what the generator brings along, and not for a folder. */
export const asksHub = (tokenizer: string): boolean => tokenizer !== BUILTIN && !tokenizer.startsWith('/');

/** Whether the load Job has to bring it. A server that runs already has its tokenizer named by the matrix. */
export const fetchesTokenizer = (
  { generator, endpoint }: Pick<Deployment, 'generator' | 'endpoint'>,
  staging: 'bucket' | 'hub',
): boolean => generator === 'genai-perf' && endpoint === undefined && staging === 'bucket';

const isGptOss = (model: string): boolean => /(^|\/)gpt-oss/i.test(model);

/** gpt-oss of every size; others have vocabularies of their own. */
export const countsInO200k = isGptOss;

/** In chat gpt-oss thinks aloud in `reasoning_content`, of which genai-perf reads nothing: its tokens are missing. */
export const hidesTokensFromGenaiPerf = (model: string, endpoint: EndpointType): boolean =>
  endpoint === 'chat' && isGptOss(model);
