import { describe, expect, it } from 'vitest';
import type { Problem } from '#core/matrix/problems.ts';
import { numbers, problems, smallest, withMatrix, withTop } from './fixtures.ts';

/** Sizes of models that nobody asks for, that take about so many bytes. */
const sized = (bytes: number) =>
  Object.fromEntries(
    numbers(Math.ceil(bytes / 40)).map((index) => [`some/model-${String(index + 1e6)}`, { weightsGiB: 16.25 }]),
  );

/** One mistake each: the document, and the code, path and advice that its author gets. */
const MISTAKES: [string, unknown, Partial<Problem>][] = [
  ['no document', undefined, { code: 'not-an-object', path: '' }],
  ['a list', [], { code: 'not-an-object', path: '' }],
  ['no name', { ...smallest(), name: undefined }, { code: 'missing', path: 'name' }],
  ['name with a space', withTop({ name: 'My run' }), { code: 'bad-format', path: 'name', value: 'My run' }],
  ['name that is a path', withTop({ name: '../../etc' }), { code: 'bad-format', path: 'name' }],
  ['unknown field', withTop({ bugdetUsd: 5 }), { code: 'unknown-field', path: 'bugdetUsd', instead: '"budgetUsd"' }],
  [
    'unknown axis',
    withMatrix({ concurency: [1] }),
    { code: 'unknown-field', path: 'matrix.concurency', instead: '"concurrency"' },
  ],
  ['odd field name', withTop({ 'a.b "c"': 1 }), { code: 'unknown-field', path: '["a.b \\"c\\""]' }],
  [
    'unknown type',
    withMatrix({ instanceType: ['g5.8xlrage'] }),
    { code: 'unknown-instance-type', path: 'matrix.instanceType[0]', value: 'g5.8xlrage', instead: '"g5.8xlarge"' },
  ],
  [
    'type without GPU',
    withMatrix({ instanceType: ['m7i.large'] }),
    { code: 'unknown-instance-type', path: 'matrix.instanceType[0]' },
  ],
  [
    'TP of 0',
    withMatrix({ tensorParallel: [0] }),
    { code: 'out-of-range', path: 'matrix.tensorParallel[0]', value: 0, instead: '1' },
  ],
  [
    'TP in an include entry of 0',
    withMatrix({ include: [{ tensorParallel: 0 }] }),
    { code: 'out-of-range', path: 'matrix.include[0].tensorParallel', instead: '1' },
  ],
  [
    'PP of 0',
    withTop({ defaults: { ...smallest().defaults, pipelineParallel: 0 } }),
    { code: 'out-of-range', path: 'defaults.pipelineParallel', instead: '1' },
  ],
  ['half a GPU', withMatrix({ tensorParallel: [0.5] }), { path: 'matrix.tensorParallel[0]' }],
  [
    'a number for a list',
    withMatrix({ isl: 5 }),
    { code: 'wrong-type', path: 'matrix.isl', instead: 'a list, such as [5]' },
  ],
  ['an empty list', withMatrix({ isl: [] }), { code: 'out-of-range', path: 'matrix.isl' }],
  ['text for a number', withTop({ budgetUsd: '5' }), { code: 'wrong-type', path: 'budgetUsd', value: '5' }],
  ['no budget', withTop({ budgetUsd: 0 }), { code: 'out-of-range', path: 'budgetUsd' }],
  ['endless budget', withTop({ budgetUsd: Number.POSITIVE_INFINITY }), { path: 'budgetUsd' }],
  ['huge concurrency', withMatrix({ concurrency: [1e15] }), { code: 'out-of-range', path: 'matrix.concurrency[0]' }],
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
    'TP over the GPUs',
    withMatrix({ tensorParallel: [4] }),
    { code: 'too-many-gpus', path: 'matrix.tensorParallel[0]', value: 4 },
  ],
  [
    'PP over the GPUs',
    withMatrix({ pipelineParallel: [2] }),
    { code: 'too-many-gpus', path: 'matrix.pipelineParallel[0]', value: 2 },
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
    'shared memory over the memory of a node',
    withMatrix({ instanceType: ['g5.2xlarge', 'g5.xlarge', 'g5.8xlarge'], shmGiB: [32] }),
    {
      code: 'too-little-memory',
      path: 'matrix.shmGiB[0]',
      value: 32,
      message: expect.stringContaining('g5.2xlarge (32 GiB), g5.xlarge (16 GiB)') as string,
      instead: 'less than 16: the engine needs memory besides',
    },
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
    'a model of a name that every object has',
    withTop({ models: { constructor: { weightsGiB: 1 } } }),
    { code: 'unknown-field', path: 'models.constructor' },
  ],
  [
    'a server of a name that every object has',
    withTop({ endpoints: JSON.parse('{"__proto__": {"url": "http://x"}}') }),
    { code: 'unknown-field', path: 'endpoints.__proto__' },
  ],
  [
    'a header of a name that every object has',
    withTop({ endpoints: { endpoint: { url: 'http://x', headersFrom: JSON.parse('{"__proto__": "X"}') } } }),
    { code: 'unknown-field', path: 'endpoints.endpoint.headersFrom.__proto__' },
  ],
  [
    'more than an execution can carry',
    withTop({ models: sized(260_000) }),
    {
      code: 'too-large',
      path: 'models',
      message: expect.stringMatching(/^the matrix takes 26\d\.\d KiB .* may take 252 KiB, .* holds 256 KiB$/) as string,
      instead: 'less of it, or several matrices',
    },
  ],
  [
    'endpoint without a URL',
    withMatrix({ instanceType: ['endpoint'] }),
    { code: 'missing', path: 'endpoints', instead: '"endpoints": {"endpoint": {"url": "http://host:8000"}}' },
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
  [
    'a value twice',
    withMatrix({ concurrency: [10, 20, 10] }),
    { code: 'duplicate-value', path: 'matrix.concurrency[2]', value: 10 },
  ],
  [
    'a cell twice',
    withMatrix({
      include: [
        { instanceType: 'g5.16xlarge', concurrency: 10 },
        { instanceType: 'g5.16xlarge', concurrency: 10 },
      ],
    }),
    { code: 'duplicate-cell', path: 'matrix.include[1]' },
  ],
  ['no load', withMatrix({ concurrency: undefined }), { code: 'missing', path: 'matrix.concurrency' }],
  ['two loads', withMatrix({ requestRate: [2] }), { code: 'ambiguous-load', path: 'matrix.requestRate[0]' }],
  ['no model', withTop({ defaults: { isl: 1, osl: 1 } }), { code: 'missing', path: 'matrix.model' }],
  [
    'incomplete include entry',
    withMatrix({ include: [{ instanceType: 'g5.16xlarge' }] }),
    { code: 'missing', path: 'matrix.include[0].concurrency' },
  ],
  ['empty include entry', withMatrix({ include: [{}] }), { code: 'missing', path: 'matrix.include[0]' }],
  ['empty exclude entry', withMatrix({ exclude: [{}] }), { code: 'missing', path: 'matrix.exclude[0]' }],
  [
    'two capacity types',
    withMatrix({ capacityType: ['on-demand', 'spot'] }),
    {
      code: 'capacity-type-twice',
      path: 'matrix.capacityType[1]',
      value: 'spot',
      instead: 'one capacity type, and "capacity": {"fallback": ["spot"]}',
    },
  ],
  [
    'replicas, whose GPUs nobody would count',
    withMatrix({ engineArguments: [['--data_parallel_size=8']] }),
    { code: 'owned-argument', path: 'matrix.engineArguments[0][0]' },
  ],
  [
    'a rate of nothing',
    withMatrix({ concurrency: undefined, requestRate: [5e-324] }),
    { code: 'out-of-range', path: 'matrix.requestRate[0]' },
  ],
  [
    'an exclude entry of what is no axis, which leaves out nothing',
    withMatrix({ exclude: [{ instanceType: 'g5.8xlarge', shmGiB: 10 }] }),
    {
      code: 'not-an-axis',
      path: 'matrix.exclude[0].shmGiB',
      value: 10,
      instead: '"shmGiB" as a list under "matrix", or an entry without it',
    },
  ],
  [
    'an axis that cannot be read, which an exclude entry names',
    withMatrix({ shmGiB: 'ten', exclude: [{ instanceType: 'g5.16xlarge', shmGiB: 10 }] }),
    { code: 'wrong-type', path: 'matrix.shmGiB' },
  ],
  [
    'TP over the GPUs by a default, which nothing can exclude',
    withTop({ defaults: { ...smallest().defaults, tensorParallel: 2 } }),
    {
      code: 'too-many-gpus',
      path: 'defaults.tensorParallel',
      instead: 'at most 1, or include {"instanceType": "g5.8xlarge", "tensorParallel": 1}',
    },
  ],
  ['everything excluded', withMatrix({ exclude: [{ concurrency: 10 }] }), { code: 'no-cells', path: 'matrix' }],
  ['no axes', { ...smallest(), matrix: {} }, { code: 'no-cells', path: 'matrix' }],
  [
    'more cells than a history holds',
    withMatrix({ concurrency: Array.from({ length: 400 }, (_, index) => index + 1) }),
    { code: 'too-many-cells', path: 'matrix' },
  ],
  [
    'more repeats than a history holds',
    { ...withMatrix({ concurrency: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }), repeats: 50 },
    { code: 'too-many-cells', path: 'repeats', value: 50, instead: 'at most 31' },
  ],
  [
    'more cells than memory holds',
    withMatrix({ isl: numbers(1000), osl: numbers(1000), concurrency: numbers(1000) }),
    { code: 'too-many-cells', path: 'matrix' },
  ],
];

describe('one mistake', () => {
  it.each(MISTAKES)('%s', (_, document, expected) => {
    expect(problems(document)).toEqual([expect.objectContaining(expected)]);
  });
});
