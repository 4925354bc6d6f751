import type { GeneratorName } from '../plan/types.ts';
import { aiperf } from './aiperf/aiperf.ts';
import { genaiPerf } from './genai-perf/genai-perf.ts';
import type { Generator } from './generator.ts';

const generators: Record<GeneratorName, Generator> = { aiperf, 'genai-perf': genaiPerf };

export const generatorFor = (name: GeneratorName): Generator => generators[name];

/** What `auto` means in AWS, where its own image runs on every node. */
export const AUTO_IN_AWS: GeneratorName = 'genai-perf';
