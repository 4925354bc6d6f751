import { describe, expect, it } from 'vitest';
import { predict } from '#local/engine/model/predict.ts';
import { profileFor, UnknownInstanceTypeError } from '#local/engine/model/profiles.ts';

const model = 'openai/gpt-oss-20b';
const tokensPerS = (instanceType: string, tensorParallel: number, concurrency = 100, of = model): number =>
  predict(profileFor({ instanceType, tensorParallel, model: of }), { concurrency, isl: 200, osl: 100 })
    .outputTokensPerS;

describe('profiles', () => {
  it('say of exactly the measured combinations that they were measured', () => {
    const source = (instanceType: string, tensorParallel: number, of = model): string =>
      profileFor({ instanceType, tensorParallel, model: of }).source;
    expect([source('g5.8xlarge', 1), source('g5.12xlarge', 4), source('g5.48xlarge', 4)]).toEqual(
      Array(3).fill('seed'),
    );
    expect(source('g5.48xlarge', 8)).toBe('extrapolated');
    expect(source('g5.12xlarge', 4, 'meta-llama/Llama-3.1-8B-Instruct')).toBe('extrapolated');
    expect(source('p5.48xlarge', 8)).toBe('extrapolated');
  });

  it('name what an extrapolation is from', () => {
    const { provenance } = profileFor({ instanceType: 'g6e.12xlarge', tensorParallel: 4, model });
    expect(provenance).toContain('g5.12xlarge');
    expect(provenance).toContain('L40S');
    expect(provenance).toContain('not a measurement');
  });

  it('order GPUs as their bandwidth and compute do, and larger models behind smaller ones', () => {
    expect(tokensPerS('p4d.24xlarge', 1)).toBeGreaterThan(tokensPerS('g5.8xlarge', 1));
    expect(tokensPerS('p5.4xlarge', 1)).toBeGreaterThan(tokensPerS('p4d.24xlarge', 1));
    expect(tokensPerS('g6.8xlarge', 1, 1)).toBeLessThan(tokensPerS('g5.8xlarge', 1, 1));
    expect(tokensPerS('p5.48xlarge', 8, 100, 'openai/gpt-oss-120b')).toBeLessThan(tokensPerS('p5.48xlarge', 8));
    expect(tokensPerS('p5.48xlarge', 8, 100, 'org/some-70B')).toBeLessThan(
      tokensPerS('p5.48xlarge', 8, 100, 'org/a-8B'),
    );
  });

  it('do not let twice the GPUs give more than twice the tokens', () => {
    const gain = tokensPerS('g5.48xlarge', 8) / tokensPerS('g5.48xlarge', 4);
    expect(gain).toBeGreaterThan(1);
    expect(gain).toBeLessThan(2);
  });

  it('refuse an instance type whose GPU nobody told them', () => {
    expect(() => profileFor({ instanceType: 'm5.large', tensorParallel: 1, model })).toThrow(UnknownInstanceTypeError);
    expect(() => profileFor({ instanceType: 'm5.large', tensorParallel: 1, model })).toThrow(/m5\.large.*g5.*p5/);
  });
});
