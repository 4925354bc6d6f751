import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lines } from '#core/generators/lines.ts';
import { chunks } from './fixture-files.ts';

it('are the same wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 9 }), async (parts, size) => {
      const text = parts.join('\n');
      const read: string[] = [];
      for await (const line of lines(chunks(new TextEncoder().encode(text), size))) read.push(line);
      const expected = text.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(read).toEqual(expected);
    }),
  );
});
