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
