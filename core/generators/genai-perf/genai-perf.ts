import type { Generator } from '../generator.ts';
import { genaiPerfArguments } from './arguments.ts';
import { parseGenaiPerf } from './parse.ts';

/** NVIDIA's first generator for LLMs; the image has 0.0.16, the last of it. */
export const genaiPerf: Generator = {
  name: 'genai-perf',
  image: 'nvcr.io/nvidia/tritonserver:25.08-py3-sdk',
  arguments: genaiPerfArguments,
  parse: parseGenaiPerf,
};
