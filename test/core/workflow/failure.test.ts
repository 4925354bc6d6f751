import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '#core/workflow/failure.ts';

/** As Lambda reports an error. */
const lambdaCause = (message: string, trace = ['Error: x', '    at y']) =>
  JSON.stringify({ errorType: 'EngineFailed', errorMessage: message, trace });

/** What JSON escapes, what it does not, and what looks like JSON. */
const anyMessage = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'ä', '🙂', '\ud800', '{', '"errorMessage":"'),
  minLength: 1,
});

describe('the reason of a failure', () => {
  it('is the message in a function’s cause, whatever is in it', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(explain({ error: 'EngineFailed', cause: lambdaCause(message) })).toBe(message);
      }),
    );
    expect(explain({ error: 'E', cause: lambdaCause('say "errorMessage": "no"\n\\u0041') })).toBe(
      'say "errorMessage": "no"\n\\u0041',
    );
  });

  it('is the beginning of the message where the state machine cut the cause in the middle of it', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, place) => {
        const cause = lambdaCause(message);
        const begins = cause.indexOf('"errorMessage":"') + '"errorMessage":"'.length;
        const cut = begins + 1 + (place % Math.max(1, cause.length - begins - 1));
        const told = explain({ error: 'EngineFailed', cause: cause.slice(0, cut) });
        // Cut within its first escape, nothing of the message is left.
        if (told !== 'EngineFailed') expect(message.startsWith(told)).toBe(true);
      }),
    );
    const long = `The engine died: ${'line\n"quoted" '.repeat(300)}`;
    const told = explain({ error: 'EngineFailed', cause: lambdaCause(long).slice(0, 2000) });
    expect(long.startsWith(told)).toBe(true);
    expect(told.length).toBeGreaterThan(1500);
  });

  it('is the cause itself where no function threw, and the error’s name where there is none', () => {
    expect(explain({ error: 'States.Runtime', cause: 'The JSONata expression failed' })).toBe(
      'The JSONata expression failed',
    );
    expect(explain({ error: 'States.Timeout', cause: '' })).toBe('States.Timeout');
    expect(explain({ error: 'EngineFailed', cause: lambdaCause('') })).toBe('EngineFailed');
    expect(explain({ error: 'X', cause: '{"errorMessage": 5}' })).toBe('{"errorMessage": 5}');
  });
});
