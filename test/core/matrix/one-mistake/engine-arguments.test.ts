import { describe } from 'vitest';
import { smallest, withMatrix, withTop } from '../fixtures.ts';
import { toldAlone } from './told-alone.ts';

describe('one mistake in the arguments of an engine', () => {
  toldAlone([
    [
      'argument with a line break',
      withMatrix({ engineArguments: [['--a\nb']] }),
      { code: 'bad-format', path: 'matrix.engineArguments[0][0]' },
    ],
    [
      'argument that Kubernetes expands',
      withMatrix({ engineArguments: [['$(TOKEN)']] }),
      { code: 'bad-format', path: 'matrix.engineArguments[0][0]' },
    ],
    [
      'argument that an axis has',
      withMatrix({ engineArguments: [['--tensor_parallel_size=2']] }),
      { code: 'owned-argument', path: 'matrix.engineArguments[0][0]', instead: 'the axis "tensorParallel"' },
    ],
    [
      'an option and its value in one entry',
      withMatrix({ engineArguments: [['--max-num-seqs 8']] }),
      {
        code: 'bad-format',
        path: 'matrix.engineArguments[0][0]',
        value: '--max-num-seqs 8',
        instead: 'an entry each: "--max-num-seqs", "8"',
      },
    ],
    [
      'a whole command line in one entry',
      withTop({ defaults: { ...smallest().defaults, engineArguments: ['--max-num-seqs 8 --enforce-eager'] } }),
      { path: 'defaults.engineArguments[0]', instead: 'an entry each: "--max-num-seqs", "8", "--enforce-eager"' },
    ],
    [
      'an option and JSON in one entry',
      withMatrix({ engineArguments: [['--speculative-config {"method": "ngram"}']] }),
      {
        path: 'matrix.engineArguments[0][0]',
        instead: `an entry each: "--speculative-config", ${JSON.stringify('{"method": "ngram"}')}`,
      },
    ],
    [
      'an option behind a space',
      withMatrix({ engineArguments: [[' --enforce-eager']] }),
      { path: 'matrix.engineArguments[0][0]', instead: 'it without spaces: "--enforce-eager"' },
    ],
    [
      'an option of ours and its value in one entry, told once',
      withMatrix({ engineArguments: [['--port 8000']] }),
      { code: 'owned-argument', path: 'matrix.engineArguments[0][0]' },
    ],
    [
      'replicas, whose GPUs nobody would count',
      withMatrix({ engineArguments: [['--data_parallel_size=8']] }),
      { code: 'owned-argument', path: 'matrix.engineArguments[0][0]' },
    ],
  ]);
});
