import { describe, expect, it } from 'vitest';
import { genaiPerf } from '#core/generators/genai-perf/genai-perf.ts';
import { flagValue, sampleCell, sampleTarget } from '../sample-cell.ts';

describe('the arguments of genai-perf', () => {
  const { command, args } = genaiPerf.arguments(sampleCell({ osl: 90 }), sampleTarget());

  it('name the load as genai-perf names it', () => {
    expect(command).toEqual(['genai-perf', 'profile']);
    expect(flagValue(args, '--synthetic-input-tokens-mean')).toBe('32');
    expect(flagValue(args, '--output-tokens-mean')).toBe('90');
    expect(flagValue(args, '--request-count')).toBe('20');
    expect(flagValue(args, '--num-dataset-entries')).toBe('25');
    expect(args).toContain('min_tokens:90');
  });

  it.each(['--service-kind', '--generate-plots', '--measurement-interval', 'include_usage'])(
    'have nothing of %s, which ends it with an error',
    (gone) => expect(args.join(' ')).not.toContain(gone),
  );

  it('have either a concurrency or a rate, never both', () => {
    const open = genaiPerf.arguments(sampleCell({ requestRate: 4 }), sampleTarget()).args;
    expect(open).toContain('--request-rate');
    expect(open).not.toContain('--concurrency');
  });

  it('ask no hub when the tokenizer is a folder', () => {
    expect(genaiPerf.arguments(sampleCell(), sampleTarget({ tokenizer: '/model/tokenizer' })).env).toEqual({
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
    });
    expect(genaiPerf.arguments(sampleCell(), sampleTarget({ tokenizer: 'openai/gpt-oss-20b' })).env).toEqual({});
  });

  it('are of a pinned image', () => {
    expect(genaiPerf.image).not.toContain('latest');
    expect(genaiPerf.image).toMatch(/:25\.08-py3-sdk$/);
  });
});
