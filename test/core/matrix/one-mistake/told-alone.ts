import { expect, it } from 'vitest';
import type { Problem } from '#core/matrix/problems.ts';
import { problems } from '../fixtures.ts';

/** One mistake each: the document, and the code, path and advice that its author gets. */
export function toldAlone(mistakes: [string, unknown, Partial<Problem>][]): void {
  it.each(mistakes)('%s', (_, document, expected) => {
    expect(problems(document)).toEqual([expect.objectContaining(expected)]);
  });
}
