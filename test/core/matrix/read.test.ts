import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES, type Problem } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { mustRead, smallest } from './fixtures.ts';

function problems(input: unknown): Problem[] {
  const result = readMatrix(input);
  return result.ok ? [] : result.problems;
}

const withMatrix = (changes: Record<string, unknown>) => ({
  ...smallest(),
  matrix: { ...smallest().matrix, ...changes },
});

const withTop = (changes: Record<string, unknown>) => ({ ...smallest(), ...changes });

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

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('one mistake', () => {
  it.each(MISTAKES)('%s', (_, document, expected) => {
    expect(problems(document)).toEqual([expect.objectContaining(expected)]);
  });
});

it('accepts what is right', () => {
  expect(problems(smallest())).toEqual([]);
});

it('names every mistake at once, across all checks', () => {
  const found = problems({
    ...smallest(),
    nam: 'x',
    budgetUsd: -1,
    load: { requestCount: 50 },
    matrix: {
      instanceType: ['g5.8xlrge', 'g5.8xlarge', 'g5.12xlarge'],
      tensorParallel: [0, 4],
      concurrency: [10, 10, 200],
      engineArguments: [['--port', '1']],
      capacityType: ['on-demand', 'spot'],
    },
  });
  expect(found.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
    'capacity-type-twice matrix.capacityType[1]',
    'duplicate-value matrix.concurrency[1]',
    'out-of-range budgetUsd',
    'out-of-range matrix.tensorParallel[0]',
    'owned-argument matrix.engineArguments[0][0]',
    'too-few-requests load.requestCount',
    'too-many-gpus matrix.tensorParallel[1]',
    'unknown-field nam',
    'unknown-instance-type matrix.instanceType[0]',
  ]);
});

it('says a mistake once, whatever the number of combinations that have it', () => {
  const found = problems(
    withMatrix({
      instanceType: ['g5.xlarge', 'g5.2xlarge', 'g5.4xlarge', 'g5.8xlarge', 'g5.16xlarge', 'g6.xlarge', 'g5.48xlarge'],
      tensorParallel: [4],
      concurrency: numbers(30),
      isl: [1, 2, 3],
    }),
  );
  expect(found).toHaveLength(1);
  expect(found[0]?.message).toContain('g5.8xlarge (1)');
  expect(found[0]?.message).toContain('and 1 more');
});

it('does not blame what depends on a value that was wrong', () => {
  const found = problems(withMatrix({ instanceType: ['g5.8xlrge'], tensorParallel: [8], isl: 'many', osl: [0] }));
  expect(found.map(({ path }) => path).sort()).toEqual(['matrix.instanceType[0]', 'matrix.isl', 'matrix.osl[0]']);
});

describe('a model that may not fit', () => {
  const model = (name: string, changes: object = {}) =>
    withTop({ defaults: { ...smallest().defaults, model: name, ...changes } });
  it('is let through when nobody knows its size', () => expect(problems(model('me/unknown'))).toEqual([]));
  it('is let through when the engine shrinks it', () =>
    expect(problems(model('Qwen/Qwen3-32B', { engineArguments: ['--quantization', 'fp8'] }))).toEqual([]));
  it('is advised to be split where the instance has the GPUs', () => {
    const [problem] = problems({
      ...model('Qwen/Qwen3-32B'),
      matrix: { instanceType: ['g5.12xlarge'], concurrency: [1] },
    });
    expect(problem?.instead).toBe('"tensorParallel" of at least 4 on g5.12xlarge');
  });
  it('counts the memory that the engine is told to use', () => {
    const fits = (share: string) =>
      problems({
        ...model('me/m', { engineArguments: [`--gpu-memory-utilization=${share}`] }),
        models: { 'me/m': { weightsGiB: 21 } },
      });
    expect(fits('0.98')).toEqual([]);
    expect(fits('0.5').map(({ code }) => code)).toEqual(['model-too-large']);
  });
  it('is not judged on a server that runs already', () =>
    expect(
      problems({
        ...model('openai/gpt-oss-120b'),
        matrix: { instanceType: ['endpoint'], concurrency: [1] },
        endpoints: { endpoint: { url: 'http://host:8000' } },
      }),
    ).toEqual([]));
});

describe('what hostile input cannot do', () => {
  it('sink below any depth', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const found = problems({ ...smallest(), zzz: deep, matrix: { instanceType: deep, concurrency: [1] } });
    expect(() => JSON.stringify(found)).not.toThrow();
    expect(found.map(({ path }) => path).sort()).toEqual(['matrix.instanceType[0]', 'zzz']);
  });

  it('reach the prototype of anything', () => {
    const input = JSON.parse(
      '{"name":"x","budgetUsd":1,"__proto__":{"polluted":1},"constructor":1,"matrix":{"__proto__":{"isl":[1]},"instanceType":["constructor"]},"models":{"__proto__":{"weightsGiB":1}}}',
    );
    const found = problems(input);
    expect(found.map(({ path }) => path)).toContain('__proto__');
    expect(found.map(({ path }) => path)).toContain('matrix.__proto__');
    // Nothing is inherited from it either.
    expect(found.map(({ path }) => path)).toContain('matrix.isl');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('write control sequences to a terminal', () => {
    const found = problems(withTop({ name: '\u001b[2J\u202egnp', '\u001b]0;x\u0007': 1 }));
    expect(found).toHaveLength(2);
    for (const { path, message, instead } of found) {
      expect(path + message + instead).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }
  });

  it('make answers without end', () => {
    const text = JSON.stringify(
      problems(withTop({ name: 'x'.repeat(1e6), slo: 'y'.repeat(1e6), cluster: numbers(1e5) })),
    );
    expect(text.length).toBeLessThan(3000);
  });

  it('blow up by entries that match everything', () => {
    const include = Array.from({ length: 10_000 }, () => ({ note: 'x' }));
    const found = problems(withMatrix({ concurrency: numbers(300), isl: [1, 2, 3], include }));
    expect(found.map(({ code }) => code)).toEqual(['too-much-work']);
  });
});

it('never throws, and every problem has a path, a message and advice', () => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(0, -1, 1e308, '', 'spot', 'g5.8xlarge', [], {}, null, [[]]),
  );
  const key = fc.constantFrom(
    'name',
    'matrix',
    'defaults',
    'repeats',
    'budgetUsd',
    'cluster',
    'load',
    'slo',
    'capacity',
    'models',
    'region',
    'instanceType',
    'concurrency',
    'requestRate',
    'include',
    'exclude',
    'tensorParallel',
    'engineArguments',
    'capacityType',
    'zzz',
    'isl',
    'note',
  );
  fc.assert(
    fc.property(
      fc.dictionary(key, junk),
      fc.dictionary(key, junk),
      fc.dictionary(key, fc.oneof(junk, fc.array(junk))),
      (top, defaults, matrix) => {
        const base = smallest();
        const result = readMatrix({
          ...base,
          defaults: { ...base.defaults, ...defaults },
          matrix: { ...base.matrix, ...matrix },
          ...top,
        });
        if (result.ok) return;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const problem of result.problems) {
          expect(PROBLEM_CODES).toContain(problem.code);
          expect(problem.message).not.toBe('');
          expect(problem.instead).not.toBe('');
          expect(problem.instead).not.toContain('undefined');
        }
      },
    ),
    { numRuns: 400 },
  );
});

describe('what is expanded', () => {
  it('fills in defaults: the combination, then the matrix, then StepBench', () => {
    const { deployments } = mustRead({
      ...withMatrix({ concurrency: [1, 2], include: [{ concurrency: 2, shmGiB: 64 }] }),
      defaults: { ...smallest().defaults, shmGiB: 32, streaming: false },
    });
    expect(deployments.map(({ shmGiB, tensorParallel }) => [shmGiB, tensorParallel])).toEqual([
      [32, 1],
      [64, 1],
    ]);
    expect(deployments[0]?.cells[0]).toMatchObject({ streaming: false, endpoint: 'completions', islStddev: 0 });
  });

  it('groups cells on deployments, repeats included', () => {
    const { deployments, totalCells } = mustRead({
      ...withMatrix({ instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [10, 20], isl: [100, 200] }),
      repeats: 3,
    });
    expect(deployments.map(({ cells }) => cells.length)).toEqual([12, 12]);
    expect(totalCells).toBe(24);
    expect(new Set(deployments.flatMap(({ cells }) => cells.map(({ id }) => id))).size).toBe(24);
    expect(new Set(deployments.flatMap(({ cells }) => cells.map(({ seed }) => seed))).size).toBe(24);
  });

  it('counts requests by concurrency, or by time when the load is open', () => {
    const [closed] = mustRead({
      ...smallest(),
      load: { requestsPerConcurrency: 5, warmupRequestsPerConcurrency: 2 },
    }).deployments;
    expect(closed?.cells[0]).toMatchObject({ requestCount: 50, warmupRequestCount: 20, requestRate: null });
    const [open] = mustRead({
      ...withMatrix({ concurrency: undefined, requestRate: [2.5] }),
      load: { openLoadSeconds: 30 },
    }).deployments;
    expect(open?.cells[0]).toMatchObject({
      requestCount: 75,
      warmupRequestCount: 3,
      concurrency: null,
      requestRate: 2.5,
    });
    const [fixed] = mustRead({ ...smallest(), load: { requestCount: 77, warmupRequestCount: 0 } }).deployments;
    expect(fixed?.cells[0]).toMatchObject({ requestCount: 77, warmupRequestCount: 0 });
  });

  it('carries a note to the deployment', () => {
    const { deployments } = mustRead(
      withMatrix({ concurrency: [1, 2], include: [{ instanceType: 'g5.8xlarge', note: 'unproven' }] }),
    );
    expect(deployments.map(({ note }) => note)).toEqual(['unproven']);
  });

  it('tries the capacity type of the combination first, then the fallbacks, none twice', () => {
    const { deployments } = mustRead({
      ...withMatrix({ capacityType: ['spot'] }),
      capacity: { fallback: ['on-demand', 'spot'] },
    });
    expect(deployments[0]?.capacityTypes).toEqual(['spot', 'on-demand']);
  });
});
