import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { PrefixCache } from '#local/engine/tokens/prefix-cache.ts';
import { loadTokenizer, type Tokenizer } from '#local/engine/tokens/tokenizer.ts';
import { WORD_COUNT, wordAt } from '#local/engine/tokens/words.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer();
});

describe('output words', () => {
  it('are one token each', () => {
    const long = Array.from({ length: WORD_COUNT }, (_, i) => wordAt(i)).filter((word) => tokenizer.count(word) !== 1);
    expect(long).toEqual([]);
  });

  it('are counted by a client that tokenizes the whole text as the server counted them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 200 }), (indexes) => {
        expect(tokenizer.count(indexes.map(wordAt).join(''))).toBe(indexes.length);
      }),
    );
  });
});

describe('the tokenizer', () => {
  it('takes the text of a special token for text', () => {
    expect(tokenizer.count('<|endoftext|>')).toBeGreaterThan(1);
    expect(tokenizer.encode('<|endoftext|>').length).toBe(tokenizer.count('<|endoftext|>'));
  });
});

describe('the prefix cache', () => {
  const tokens = (length: number, from = 0): number[] => Array.from({ length }, (_, i) => from + i);

  it('knows whole blocks of what it saw, up to the first difference, and never the last token', () => {
    const cache = new PrefixCache(16, 100);
    expect(cache.lookUp(tokens(64))).toBe(0);
    expect(cache.lookUp(tokens(64))).toBe(48);
    expect(cache.lookUp(tokens(65))).toBe(64);
    expect(cache.lookUp([...tokens(20), ...tokens(40, 500)])).toBe(16);
    expect(cache.lookUp(tokens(64, 1))).toBe(0);
  });

  it('forgets everything when it is reset, and the oldest when it is full', () => {
    const cache = new PrefixCache(16, 4);
    cache.lookUp(tokens(64));
    cache.reset();
    expect(cache.lookUp(tokens(64))).toBe(0);
    cache.lookUp(tokens(64, 1000));
    expect(cache.lookUp(tokens(64))).toBe(0);
  });
});
