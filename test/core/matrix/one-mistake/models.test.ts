import { describe } from 'vitest';
import { smallest, withMatrix, withTop } from '../fixtures.ts';
import { toldAlone } from './told-alone.ts';

describe('one mistake about a model', () => {
  toldAlone([
    [
      'model name that is an option',
      withMatrix({ model: ['--port=1'] }),
      { code: 'bad-format', path: 'matrix.model[0]' },
    ],
    [
      'model name that is a path',
      withMatrix({ model: ['../../etc/passwd'] }),
      { code: 'bad-format', path: 'matrix.model[0]' },
    ],
    [
      'model name with a shell in it',
      withMatrix({ model: ['a;rm -rf /'] }),
      { code: 'bad-format', path: 'matrix.model[0]' },
    ],
    ['size of an impossible model', withTop({ models: { '../x': { weightsGiB: 1 } } }), { code: 'bad-format' }],
    [
      'a model without an organisation',
      withMatrix({ model: ['gpt'] }),
      {
        code: 'bad-format',
        path: 'matrix.model[0]',
        value: 'gpt',
        instead: 'organisation/name, such as "openai/gpt-oss-20b"',
      },
    ],
    [
      'a known model without its organisation',
      withMatrix({ model: ['qwen3-8B'] }),
      { code: 'bad-format', path: 'matrix.model[0]', instead: '"Qwen/Qwen3-8B"' },
    ],
    [
      'model over the memory',
      withTop({ defaults: { ...smallest().defaults, model: 'openai/gpt-oss-120b' } }),
      { code: 'model-too-large', path: 'defaults.model', value: 'openai/gpt-oss-120b' },
    ],
    [
      'model of given size over the memory',
      { ...withMatrix({ model: ['me/big'] }), models: { 'me/big': { weightsGiB: 100 } } },
      { code: 'model-too-large', path: 'matrix.model[0]' },
    ],
    [
      'answers longer than the context of the model',
      withMatrix({ model: ['Qwen/Qwen3-8B'], osl: [40_761] }),
      { code: 'context-too-short', path: 'matrix.osl[0]', value: 40_761, instead: 'at most 40760' },
    ],
    [
      'requests longer than the engine is told to take',
      withMatrix({ engineArguments: [['--max-model-len=2k']], isl: [1900] }),
      {
        code: 'context-too-short',
        path: 'matrix.isl[0]',
        value: 1900,
        instead: 'at most 1872, or a larger --max-model-len',
      },
    ],
    [
      'a context that the model does not have, with which vLLM would not start',
      withMatrix({ model: ['Qwen/Qwen3-8B'], engineArguments: [['--max-model-len', '64K']] }),
      {
        code: 'context-too-short',
        path: 'matrix.engineArguments[0]',
        value: ['--max-model-len', '64K'],
        instead: 'at most 40960, or --hf-overrides that stretch it',
      },
    ],
    [
      'requests that are too long both ways',
      withMatrix({ engineArguments: [['--max-model-len', '1K']], isl: [2000], osl: [1024] }),
      {
        path: 'matrix.isl[0]',
        message: '2000 + 1024 tokens (isl + osl) are more than --max-model-len holds: 1024',
        instead: 'a smaller one, and of "isl" and "osl" both, or a larger --max-model-len',
      },
    ],
    [
      'prompts longer than any of the answers leaves room for',
      withMatrix({ model: ['Qwen/Qwen3-8B'], isl: [40_900], osl: [100, 128, 64] }),
      { code: 'context-too-short', path: 'matrix.isl[0]', value: 40_900, instead: 'at most 40832' },
    ],
  ]);
});
