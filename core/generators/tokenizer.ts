import type { GeneratorName } from '../plan/types.ts';

/**
 * AIPerf brings a tokenizer that needs no hub, and token counts come from the engine anyway; genai-perf
 * counts by itself, so it must have the model's own.
 */
export const tokenizerFor = (generator: GeneratorName, model: string): string =>
  generator === 'aiperf' ? 'builtin' : model;
