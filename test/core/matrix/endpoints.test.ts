import { describe, expect, it } from 'vitest';
import { readMatrix } from '#core/matrix/read.ts';
import { mustRead } from './fixtures.ts';

const matrix = (endpoint: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  name: 'mine',
  matrix: { instanceType: ['endpoint'], concurrency: [1, 2] },
  defaults: { model: 'tiny', isl: 16, osl: 8 },
  endpoints: { endpoint: { url: 'http://localhost:8000', ...endpoint } },
  budgetUsd: 10,
  ...more,
});

const problems = (input: unknown) => {
  const result = readMatrix(input);
  return result.ok ? [] : result.problems;
};

describe('a server that runs already', () => {
  it('is a deployment whose engine is implied by its label', () => {
    const [deployment] = mustRead(matrix({ headersFrom: { Authorization: 'MY_KEY' } })).deployments;
    expect(deployment).toMatchObject({
      instanceType: 'endpoint',
      engine: 'endpoint',
      endpoint: {
        url: 'http://localhost:8000',
        headersFrom: { Authorization: 'MY_KEY' },
        pinsOutputLength: true,
        tokenCounts: 'server',
      },
    });
    expect(deployment?.cells).toHaveLength(2);
  });

  it.each([
    ['http://localhost:8000/v1', 'http://localhost:8000'],
    ['http://localhost:8000/', 'http://localhost:8000'],
    ['https://LLM.example.org:443/team-a/v1/', 'https://llm.example.org/team-a'],
    ['https://llm.example.org/v1beta', 'https://llm.example.org/v1beta'],
  ])('answers at %s, which is %s', (url, base) => {
    expect(mustRead(matrix({ url })).deployments[0]?.endpoint?.url).toBe(base);
  });

  it('is another deployment where it answers elsewhere, and the same at another price or with another key', () => {
    const id = (endpoint: Record<string, unknown>) => mustRead(matrix(endpoint)).deployments[0]?.id;
    expect(id({ gpuMetricsUrl: 'http://gpu-host:9400/metrics' })).toBe(id({}));
    expect(id({ priceUsdPerHour: 3, headersFrom: { 'X-Key': 'B' } })).toBe(id({}));
    expect(id({ url: 'http://localhost:8001' })).not.toBe(id({}));
  });

  it.each(['tiny', 'llama3.2:1b', 'accounts/team/models/llama-v3@2026-01', 'gpt-oss:20b'])(
    'calls its model what it likes: %s',
    (model) => {
      expect(mustRead(matrix({}, { defaults: { model, isl: 16, osl: 8 } })).deployments[0]?.model).toBe(model);
      const started = matrix({}, { matrix: { instanceType: ['p5.48xlarge'], model: [model], concurrency: [1] } });
      expect(problems(started)).toMatchObject([{ code: 'bad-format', path: 'matrix.model[0]' }]);
    },
  );

  it('stands beside instance types in one matrix', () => {
    const { deployments } = mustRead({
      ...matrix(),
      matrix: { instanceType: ['g5.8xlarge', 'endpoint'], model: ['me/tiny'], concurrency: [1] },
    });
    expect(deployments.map(({ engine }) => engine)).toEqual(['vllm', 'endpoint']);
  });

  it('is not told apart by what StepBench does not decide', () => {
    const input = { ...matrix(), matrix: { instanceType: ['endpoint'], tensorParallel: [1, 4], concurrency: [1] } };
    expect(problems(input)).toMatchObject([{ code: 'duplicate-cell' }]);
  });
});

describe('what is wrong with an endpoint is said', () => {
  it.each([
    ['an unknown label', matrix({}, { endpoints: {} }), 'missing', 'endpoints'],
    [
      'an instance type for an endpoint',
      matrix(
        {},
        {
          defaults: { model: 'm', isl: 1, osl: 1, engine: 'endpoint' },
          matrix: { instanceType: ['g5.xlarge'], concurrency: [1] },
        },
      ),
      'unknown-value',
      'matrix.instanceType[0]',
    ],
    [
      'vLLM on an endpoint',
      matrix({}, { defaults: { model: 'm', isl: 1, osl: 1, engine: 'vllm' } }),
      'unknown-instance-type',
      'matrix.instanceType[0]',
    ],
    [
      'engine arguments',
      matrix({}, { defaults: { model: 'm', isl: 1, osl: 1, engineArguments: ['--url', 'http://x'] } }),
      'owned-argument',
      'defaults.engineArguments',
    ],
    [
      'headers that genai-perf would show',
      matrix({ headersFrom: { 'X-Key': 'KEY' } }, { load: { generator: 'genai-perf' } }),
      'unknown-value',
      'load.generator',
    ],
    ['no http', matrix({ url: 'ftp://host' }), 'bad-format', 'endpoints.endpoint.url'],
    ['a label that is none', matrix({}, { endpoints: { mine: { url: 'http://x' } } }), 'bad-format', 'endpoints.mine'],
    ['no price', matrix({ priceUsdPerHour: 0 }), 'out-of-range', 'endpoints.endpoint.priceUsdPerHour'],
    ['no certificate', matrix({ caCertificates: '/etc/ca.pem' }), 'bad-format', 'endpoints.endpoint.caCertificates'],
  ])('%s', (_, input, code, path) => {
    expect(problems(input)).toEqual(expect.arrayContaining([expect.objectContaining({ code, path })]));
  });

  it.each([
    ['a key in the place of its name', { headersFrom: { Authorization: 'Bearer sk-secret' } }],
    ['a key in the place of the header', { headersFrom: { 'sk secret': 'KEY' } }],
    ['a password in the URL', { url: 'http://me:sk-secret@host' }],
    ['a key in the query', { url: 'http://host?api-key=sk-secret' }],
  ])('%s, and is not repeated', (_, endpoint) => {
    const found = problems(matrix(endpoint));
    expect(found).toMatchObject([{ code: 'bad-format' }]);
    expect(JSON.stringify(found)).not.toMatch(/sk-secret|"Bearer/);
  });
});
