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
  });

  it('count requests, not prompts: the prompts are as many as the requests, so that none is sent twice', () => {
    expect(flagValue(args, '--request-count')).toBe('20');
    expect(flagValue(args, '--num-dataset-entries')).toBe('20');
    expect(args).not.toContain('--num-prompts');
  });

  it('pin the output length', () => {
    expect(args.filter((_, at, all) => all[at - 1] === '--extra-inputs')).toEqual(['ignore_eos:true', 'min_tokens:90']);
  });

  it('warm up before measuring', () => {
    expect(flagValue(args, '--warmup-request-count')).toBe('5');
  });

  it('differ between cells in their seed, which is 0 when nobody says it', () => {
    expect(flagValue(genaiPerf.arguments(sampleCell({ seed: 8 }), sampleTarget()).args, '--random-seed')).toBe('8');
  });

  it('stream only when asked', () => {
    expect(args).toContain('--streaming');
    expect(genaiPerf.arguments(sampleCell({ streaming: false }), sampleTarget()).args).not.toContain('--streaming');
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
