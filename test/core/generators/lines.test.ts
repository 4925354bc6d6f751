import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lines } from '#core/generators/lines.ts';
import { chunks } from './fixture-files.ts';

it('are the same wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 9 }), async (parts, size) => {
      const text = parts.join('\n');
      const read: string[] = [];
      for await (const line of lines(chunks(new TextEncoder().encode(text), size), 'records')) read.push(line);
      const expected = text.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(read).toEqual(expected);
    }),
  );
});

it('are refused when one never ends, before it fills the memory', async () => {
  let made = 0;
  async function* endless() {
    for (;;) {
      made += 1024;
      yield new Uint8Array(1024).fill(120);
    }
  }
  const read = async () => {
    for await (const _ of lines(endless(), 'records', 64 * 1024));
  };
  await expect(read()).rejects.toMatchObject({
    name: 'ArtifactsInvalid',
    nextStep: expect.stringContaining('damaged'),
  });
  expect(made).toBeLessThan(128 * 1024);
});
