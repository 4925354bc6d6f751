import { describe, expect, it } from 'vitest';
import { generatorOf, generatorsOf } from '#core/plan/generator-of.ts';
import type { GeneratorName } from '#core/plan/types.ts';
import { mustRead } from '../matrix/fixtures.ts';

const matrix = (over: { generator?: string; model?: string; types?: string[]; endpoints?: string[] } = {}) =>
  mustRead({
    name: 'm',
    matrix: {
      instanceType: over.types ?? ['g5.8xlarge'],
      concurrency: [1],
      endpoint: over.endpoints ?? ['completions'],
    },
    defaults: { model: over.model ?? 'openai/gpt-oss-20b', isl: 16, osl: 8 },
    endpoints: { endpoint: { url: 'http://localhost:8000' } },
    load: { generator: over.generator ?? 'auto' },
    budgetUsd: 100,
  });

const needed = (over: Parameters<typeof matrix>[0], auto: GeneratorName) => generatorsOf(matrix(over), auto);

describe('the load generator of a deployment', () => {
  it('is what auto means here, or the one that was asked for', () => {
    expect(needed({}, 'genai-perf')).toEqual(['genai-perf']);
    expect(needed({}, 'aiperf')).toEqual(['aiperf']);
    expect(needed({ generator: 'aiperf' }, 'genai-perf')).toEqual(['aiperf']);
    expect(generatorOf(matrix({ generator: 'genai-perf' }), 'aiperf')).toBe('genai-perf');
  });

  it('is AIPerf for an endpoint, so that a matrix may need both', () => {
    expect(needed({ types: ['g5.8xlarge', 'endpoint'] }, 'genai-perf')).toEqual(['genai-perf', 'aiperf']);
  });

  it('is AIPerf for gpt-oss in chat, of whose reasoning genai-perf sees nothing', () => {
    expect(needed({ endpoints: ['completions', 'chat'] }, 'genai-perf')).toEqual(['aiperf']);
    expect(needed({ endpoints: ['chat'], model: 'meta-llama/Llama-3.1-8B-Instruct' }, 'genai-perf')).toEqual([
      'genai-perf',
    ]);
  });
});
