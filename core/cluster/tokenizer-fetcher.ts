import { type ContainerSpec, ORDINARY_USER } from './manifests/pod-parts.ts';
import { UPLOADER_IMAGE } from './uploader.ts';

/** Where a generator that counts by itself finds the model's tokenizer. */
export const TOKENIZER_DIR = '/tokenizer';

export const TOKENIZER_CONTAINER = 'tokenizer';

/** What the container finds in its environment, besides RESULTS_BUCKET. */
const TokenizerVariable = { prefix: 'TOKENIZER_PREFIX', folder: 'TOKENIZER_DIR' } as const;

/** Names that a tokenizer's files have on the hub: some megabytes beside the weights' many. Other folders repeat them. */
const FILES = ['*.json', '*.model', '*.tiktoken', '*.txt', '*.jinja'];
const WEIGHTS = ['*.index.json', '*/*'];

const quoted = (flag: string, patterns: readonly string[]) => patterns.map((one) => `${flag} '${one}'`).join(' ');

/**
 * Fixed text: nothing of the matrix is in it. It ends well whatever happened: what is missing the generator says, in
 * the artifacts that tell why a cell has no figures.
 */
const FETCH = [
  `aws s3 cp --recursive --only-show-errors --exclude '*' ${quoted('--include', FILES)} ${quoted('--exclude', WEIGHTS)} ` +
    `"s3://$RESULTS_BUCKET/$${TokenizerVariable.prefix}" "$${TokenizerVariable.folder}/"`,
  'exit 0',
].join('\n');

/** The tokenizer that StageModel put into the bucket with the weights, out of the uploader's image, which is there. */
export const tokenizerFetcher = (prefix: string): ContainerSpec => ({
  image: UPLOADER_IMAGE,
  command: ['/bin/sh', '-c', FETCH],
  env: { [TokenizerVariable.prefix]: prefix, [TokenizerVariable.folder]: TOKENIZER_DIR },
  user: ORDINARY_USER,
});
