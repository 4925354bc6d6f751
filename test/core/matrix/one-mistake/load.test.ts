import { describe } from 'vitest';
import { withMatrix, withTop } from '../fixtures.ts';
import { toldAlone } from './told-alone.ts';

describe('one mistake about the load', () => {
  toldAlone([
    ['huge concurrency', withMatrix({ concurrency: [1e15] }), { code: 'out-of-range', path: 'matrix.concurrency[0]' }],
    [
      'a rate of nothing',
      withMatrix({ concurrency: undefined, requestRate: [5e-324] }),
      { code: 'out-of-range', path: 'matrix.requestRate[0]' },
    ],
    [
      'unknown generator',
      withTop({ load: { generator: 'aiprf' } }),
      { code: 'unknown-value', path: 'load.generator', instead: '"aiperf"' },
    ],
    [
      'prompts of the user',
      withMatrix({ dataset: ['datasets/chat.jsonl'] }),
      { code: 'unknown-value', path: 'matrix.dataset[0]', value: 'datasets/chat.jsonl', instead: '"synthetic"' },
    ],
    [
      'genai-perf where it would not see all tokens',
      { ...withMatrix({ endpoint: ['chat'] }), load: { generator: 'genai-perf' } },
      { code: 'unknown-value', path: 'load.generator', value: 'genai-perf' },
    ],
    [
      'too few requests',
      withTop({ load: { requestCount: 9 } }),
      {
        code: 'too-few-requests',
        path: 'load.requestCount',
        value: 9,
        instead: 'at least 10, or "requestsPerConcurrency"',
      },
    ],
    [
      'too many requests',
      { ...withMatrix({ concurrency: [10_000] }), load: { requestsPerConcurrency: 1000 } },
      { code: 'too-many-requests', path: 'matrix.concurrency[0]' },
    ],
    ['no load', withMatrix({ concurrency: undefined }), { code: 'missing', path: 'matrix.concurrency' }],
    ['two loads', withMatrix({ requestRate: [2] }), { code: 'ambiguous-load', path: 'matrix.requestRate[0]' }],
    [
      'too few requests for several concurrencies',
      { ...withMatrix({ concurrency: [10, 40, 20] }), load: { requestCount: 9 } },
      {
        code: 'too-few-requests',
        message: 'fewer requests than concurrency 10, 40, 20 keeps in flight',
        instead: 'at least 40, or "requestsPerConcurrency"',
      },
    ],
  ]);
});
