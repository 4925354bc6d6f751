import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toldOnce } from '#core/workflow/warnings.ts';

describe('warnings as people are told them', () => {
  it('say what to do about a full disk once, and each what is lost by it', () => {
    expect(
      toldOnce([
        'The run is gone, but that is not recorded: The disk of /store is full. Free some space, and resume the run.',
        'PublishReport: StoreFull: The disk of /store is full. Free some space, and resume the run.',
        'Notify: States.Timeout',
        'Notify: States.Timeout',
      ]),
    ).toEqual([
      'The run is gone, but that is not recorded: The disk of /store is full. Free some space, and resume the run.',
      'PublishReport: StoreFull: The disk of /store is full.',
      'Notify: States.Timeout',
    ]);
  });

  const sentence = fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'e.g', 'at 10.2.3.4'), fc.nat(4))
    .map(([word, n]) => `${word} ${n}.`);
  const warning = fc.array(sentence, { minLength: 1, maxLength: 4 }).map((sentences) => sentences.join(' '));

  it('lose no first sentence, and nothing that was not said before', () => {
    fc.assert(
      fc.property(fc.array(warning, { maxLength: 6 }), (warnings) => {
        const told = toldOnce(warnings);
        expect(told).toHaveLength(new Set(warnings).size);
        const before: string[] = [];
        for (const [index, whole] of [...new Set(warnings)].entries()) {
          const kept = told[index] as string;
          expect(kept).not.toBe('');
          const cut = whole.slice(kept.length).trim();
          expect(whole.startsWith(kept)).toBe(true);
          if (cut !== '') expect(before.some((one) => one.endsWith(cut))).toBe(true);
          before.push(whole);
        }
      }),
    );
  });
});
