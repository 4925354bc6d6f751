import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADERS_SECRET, loadContainer } from '#core/generators/load-container.ts';
import { fetchesTokenizer } from '#core/generators/tokenizer.ts';
import type { Deployment } from '#core/plan/types.ts';
import { sampleDeployment } from '../results/samples.ts';
import { sampleCell } from './sample-cell.ts';

const endpoint: NonNullable<Deployment['endpoint']> = {
  url: 'https://host/team-a',
  headersFrom: { Authorization: 'MY_KEY', 'X-Team': 'TEAM' },
  pinsOutputLength: true,
  tokenCounts: 'server',
};
const deployment: Deployment = {
  ...sampleDeployment,
  engine: 'endpoint',
  generator: 'aiperf',
  model: 'tiny',
  endpoint,
};
const of = (changes: Partial<typeof endpoint> = {}) =>
  loadContainer({ ...deployment, endpoint: { ...endpoint, ...changes } }, sampleCell(), 'bucket');

describe('the load on a server that runs already', () => {
  it('takes the values of headers out of a Secret, under names that change no program', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/), (variable) => {
        const { secretEnv, env = {} } = of({ headersFrom: { 'X-Key': variable } });
        expect(secretEnv).toEqual({ [`HEADER_FROM_${variable}`]: { secret: HEADERS_SECRET, key: variable } });
        expect(Object.keys(env)).not.toContain(variable === 'STEPBENCH_HEADERS' ? '' : variable);
      }),
    );
  });

  it('gives the generator the names only, and not on its command line', () => {
    const { args = [], env = {} } = of();
    expect(env.STEPBENCH_HEADERS).toBe('{"Authorization":"HEADER_FROM_MY_KEY","X-Team":"HEADER_FROM_TEAM"}');
    const command = args.slice(args.lastIndexOf('profile'));
    expect(command).not.toContain('--header');
    expect(command.join(' ')).not.toMatch(/Authorization|MY_KEY/);
  });

  it('asks first as the load will ask, within the endpoint', () => {
    const spec = JSON.parse(String(of({ pinsOutputLength: false, caCertificates: 'PEM' }).args?.[0]));
    expect(spec).toMatchObject({ path: '/v1/completions', ca: 'PEM', body: { model: 'tiny', max_tokens: 8 } });
    expect(spec.body).not.toHaveProperty('ignore_eos');
    expect(JSON.parse(String(of().args?.[0])).body).toMatchObject({ ignore_eos: true, min_tokens: 8 });
  });

  it('counts tokens, and with which tokenizer, as the matrix says', () => {
    const args = of({ tokenCounts: 'tokenizer', tokenizer: 'me/tokens' }).args ?? [];
    expect(args).not.toContain('--use-server-token-count');
    expect(args[args.indexOf('--tokenizer') + 1]).toBe('me/tokens');
  });

  it('looks at the GPUs where the matrix says that they can be seen', () => {
    expect(of().env).not.toHaveProperty('STEPBENCH_GPU_METRICS_URL');
    const { env } = of({ gpuMetricsUrl: 'http://gpu-host:9400/metrics' });
    expect(env).toMatchObject({ STEPBENCH_GPU_METRICS_URL: 'http://gpu-host:9400/metrics' });
  });

  it('drops the prefix cache of an engine of ours, and of nobody else', () => {
    const { endpoint: _, ...ours } = deployment;
    const container = loadContainer({ ...ours, engine: 'vllm' }, sampleCell(), 'bucket');
    expect(container.env).toMatchObject({ STEPBENCH_RESET_PREFIX_CACHE: '1' });
    expect(of().env).not.toHaveProperty('STEPBENCH_RESET_PREFIX_CACHE');
  });

  it("counts in genai-perf by the model's tokenizer: out of the bucket, and else by its name on the hub", () => {
    const { endpoint: _, ...ours } = { ...deployment, generator: 'genai-perf' as const, engine: 'vllm' as const };
    const tokenizer = (staging: 'bucket' | 'hub', of: Deployment = ours) => {
      const { args = [], env = {} } = loadContainer(of, sampleCell(), staging);
      return [args[args.indexOf('--tokenizer') + 1], env.HF_HUB_OFFLINE];
    };
    expect(tokenizer('bucket')).toEqual(['/tokenizer', '1']);
    expect(tokenizer('hub')).toEqual(['tiny', undefined]);
    expect(tokenizer('bucket', { ...ours, engine: 'endpoint', endpoint })).toEqual(['tiny', undefined]);
    expect(fetchesTokenizer(ours, 'bucket')).toBe(true);
    expect(fetchesTokenizer(ours, 'hub')).toBe(false);
    expect(fetchesTokenizer({ ...ours, generator: 'aiperf' }, 'bucket')).toBe(false);
    expect(fetchesTokenizer({ ...ours, endpoint }, 'bucket')).toBe(false);
  });

  it('gets the token of the hub where its tokenizer comes from there, if there is one, and nowhere else', () => {
    const { endpoint: _, ...ours } = { ...deployment, generator: 'genai-perf' as const, engine: 'vllm' as const };
    const token = { HF_TOKEN: { secret: 'stepbench-hugging-face', key: 'HF_TOKEN', optional: true } };
    expect(loadContainer(ours, sampleCell(), 'hub').secretEnv).toEqual(token);
    expect(loadContainer(ours, sampleCell(), 'bucket').secretEnv).toBeUndefined();
    expect(loadContainer({ ...ours, generator: 'aiperf' }, sampleCell(), 'hub').secretEnv).toBeUndefined();
    expect(of({ tokenizer: 'me/tokens', headersFrom: {} }).secretEnv).toEqual(token);
  });

  it('is wrapped in nothing of that for an engine of ours', () => {
    const { endpoint: _, ...ours } = deployment;
    const container = loadContainer({ ...ours, engine: 'vllm' }, sampleCell(), 'bucket');
    expect(container.secretEnv).toBeUndefined();
    expect(container.args?.join(' ')).not.toContain('STEPBENCH_HEADERS');
  });
});

describe('the load on an engine of ours', () => {
  it('samples the GPUs of its node where an exporter was found, and not where none was', () => {
    const env = (url?: string) => loadContainer(sampleDeployment, sampleCell(), 'bucket', url).env ?? {};
    expect(env('http://10.0.0.7:9400/metrics')).toMatchObject({
      STEPBENCH_GPU_METRICS_URL: 'http://10.0.0.7:9400/metrics',
    });
    expect(Object.keys(env())).not.toContain('STEPBENCH_GPU_METRICS_URL');
  });
});
