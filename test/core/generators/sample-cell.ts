import type { Target } from '#core/generators/generator.ts';
import type { Cell } from '#core/plan/types.ts';

export const sampleCell = (over: Partial<Cell> = {}): Cell => ({
  id: 'c1',
  concurrency: 5,
  requestRate: null,
  isl: 32,
  islStddev: 0,
  osl: 16,
  oslStddev: 0,
  endpoint: 'completions',
  streaming: true,
  dataset: 'synthetic',
  repeat: 1,
  requestCount: 20,
  warmupRequestCount: 5,
  seed: 7,
  attempt: 1,
  timeoutSeconds: 300,
  ...over,
});

export const sampleTarget = (over: Partial<Target> = {}): Target => ({
  model: 'openai/gpt-oss-20b',
  engineUrlVariable: '$(ENGINE_URL)',
  artifactDirVariable: '$(ARTIFACT_DIR)',
  tokenizer: 'builtin',
  ...over,
});

/** The value after a flag; undefined when it is not there. */
export const flagValue = (args: string[], flag: string): string | undefined =>
  args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
