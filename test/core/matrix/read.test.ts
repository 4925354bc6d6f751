import { describe, expect, it } from 'vitest';
import { numbers, problems, smallest, withMatrix, withTop } from './fixtures.ts';

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

describe('requests as long as what holds them', () => {
  const asked = (isl: number, osl: number, engineArguments: string[] = [], model = 'Qwen/Qwen3-8B') =>
    problems(withTop({ defaults: { model, isl, osl, engineArguments } })).map(({ path }) => path);

  it.each([
    ['fill the context of a model', () => asked(40_000, 960), []],
    ['are a token over it', () => asked(40_000, 961), ['defaults.isl']],
    ['are longer, and the model is stretched', () => asked(40_000, 9000, ['--rope-scaling={"factor": 4}']), []],
    [
      'are longer than that too',
      () => asked(70_000, 1, ['--rope-scaling', '{}', '--max-model-len', '65536']),
      ['defaults.isl'],
    ],
    [
      'are longer than the model, whatever the engine is told',
      () => asked(50_000, 1, ['--max-model-len=65536']),
      ['defaults.engineArguments', 'defaults.isl'],
    ],
    ['are let through where nobody knows the model', () => asked(900_000, 1, [], 'me/mine'), []],
    [
      'but not where the engine is told',
      () => asked(900_000, 1, ['--max_model_len=8192'], 'me/mine'),
      ['defaults.isl'],
    ],
    ['by the last of two', () => asked(9000, 1, ['--max-model-len=8192', '--max-model-len', '16k'], 'me/mine'), []],
    ['in thousands', () => asked(8000, 1, ['--max-model-len', '8k'], 'me/mine'), ['defaults.isl']],
    ['in units of 1024', () => asked(8000, 1, ['--max-model-len', '8K'], 'me/mine'), []],
    ['as long as the model has it', () => asked(900_000, 1, ['--max-model-len', 'auto'], 'me/mine'), []],
  ])('%s', (_, told, expected) => expect(told()).toEqual(expected));

  it('are not judged on a server that runs already', () =>
    expect(
      problems({
        ...withTop({ defaults: { model: 'Qwen/Qwen3-8B', isl: 100_000, osl: 1 } }),
        matrix: { instanceType: ['endpoint'], concurrency: [1] },
        endpoints: { endpoint: { url: 'http://host:8000' } },
      }),
    ).toEqual([]));
});

describe('engine arguments', () => {
  const args = (...engineArguments: string[]) =>
    problems(withTop({ defaults: { ...smallest().defaults, engineArguments } })).map(({ code }) => code);
  it.each([
    ['JSON behind its option', ['--speculative-config', '{"method": "ngram", "num_speculative_tokens": 3}'], []],
    ['JSON with its option', ['--speculative-config={"method": "ngram"}'], []],
    ['a text with spaces', ['--chat-template', 'say this, and - that'], []],
    ['a negative number', ['--seed', '-5'], []],
    ['two options in one', ['--enforce-eager --disable-log-stats'], ['bad-format']],
    ['a space behind', ['--enforce-eager '], ['bad-format']],
    // It would be read as "not quantized", and the weights would not fit.
    ['a quantization in one entry', ['--quantization fp8'], ['bad-format']],
  ])('%s', (_, given, expected) => expect(args(...given)).toEqual(expected));

  it('in one entry are read as they were meant', () =>
    expect(
      problems(withTop({ defaults: { model: 'Qwen/Qwen3-32B', isl: 1, osl: 1, engineArguments: ['-q fp8'] } })),
    ).toMatchObject([{ code: 'bad-format', path: 'defaults.engineArguments[0]' }]));
});
