import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GeneratorName } from '#core/plan/types.ts';
import type { Python } from './python.ts';
import { placeTokenizer } from './tiktoken-cache.ts';
import { writeTokenizerFolder } from './tokenizer-folder.ts';

/** How a generator is installed on a laptop. */
export interface Installation {
  title: string;
  /** Program in the environment. */
  program: string;
  /** Files in requirements/: everything, hashed; nothing is resolved. */
  requirements: readonly string[];
  /** With its downloads, for people. */
  size: string;
  /** Folder of its tokenizer, beside the environment. */
  tokenizer: string;
  buildTokenizer: (folder: string) => Promise<void>;
}

const aiperf: Installation = {
  title: 'AIPerf',
  program: 'aiperf',
  requirements: ['aiperf.txt'],
  size: '1 GB',
  tokenizer: 'tiktoken',
  buildTokenizer: placeTokenizer,
};

const genaiPerf: Installation = {
  title: 'genai-perf',
  program: 'genai-perf',
  requirements: ['genai-perf.txt', 'perf-analyzer.txt'],
  size: '0.4 GB',
  tokenizer: 'tokenizer',
  buildTokenizer: writeTokenizerFolder,
};

/** @param ownPerfAnalyzer whether genai-perf uses a perf_analyzer that is there already. */
export function installationOf(name: GeneratorName, ownPerfAnalyzer: boolean): Installation {
  if (name === 'aiperf') return aiperf;
  return ownPerfAnalyzer ? { ...genaiPerf, requirements: ['genai-perf.txt'] } : genaiPerf;
}

export const requirementFile = (name: string): string => join(import.meta.dirname, 'requirements', name);

/** Where this machine's environment is, made or not: a change of what is locked, or of the Python, makes another. */
export async function environmentFolder(
  cacheDir: string,
  python: Python,
  { program, requirements }: Installation,
): Promise<string> {
  const hash = createHash('sha256');
  for (const name of requirements) hash.update(await readFile(requirementFile(name)));
  hash.update(python.version);
  return join(cacheDir, 'generators', `${program}-${hash.digest('hex').slice(0, 16)}`);
}
