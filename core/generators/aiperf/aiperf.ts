import { ORDINARY_USER } from '../../cluster/manifests/pod-parts.ts';
import type { Generator } from '../generator.ts';
import { aiperfArguments } from './arguments.ts';
import { parseAiperf } from './parse.ts';

export const AIPERF_VERSION = '0.13.0';

/** NVIDIA's open replacement for genai-perf. */
export const aiperf: Generator = {
  name: 'aiperf',
  image: `nvcr.io/nvidia/ai-dynamo/aiperf:${AIPERF_VERSION}`,
  // To whom its image gives its folders.
  user: ORDINARY_USER,
  arguments: aiperfArguments,
  parse: parseAiperf,
};
