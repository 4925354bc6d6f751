import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN_ID } from '#core/cluster/names.ts';
import { runId } from '#lambdas/expand-matrix/run-id.ts';

const arn = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:stepbench:${name}`;

const anyName = fc.string({
  unit: fc.constantFrom('a', 'Z', '7', '-', '_', '.', ' ', 'ä', '日', '🙂'),
  maxLength: 100,
});

describe('the id of a run', () => {
  it('made from an execution is valid whatever its name is, and the same for every delivery', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const id = runId('', arn(name));
        expect(id).toMatch(RUN_ID);
        expect(runId('', arn(name))).toBe(id);
      }),
    );
  });

  it('made from an execution is another one for another execution, however long and alike their names', () => {
    // Step Functions makes names of 36 characters, EventBridge of 73 that begin alike.
    const names = fc.tuple(fc.stringMatching(/^[0-9a-f]{41,73}$/), fc.stringMatching(/^[0-9a-f]{41,73}$/));
    fc.assert(
      fc.property(names, ([one, two]) => {
        fc.pre(one !== two);
        const same = 'a'.repeat(40);
        expect(runId('', arn(same + one))).not.toBe(runId('', arn(same + two)));
      }),
    );
  });

  it.each([
    ['nightly-2026', 'nightly-2026'],
    ['Nightly_2026.07', 'nightly-2026-07'],
    ['5b1c7ef0-7a1c-4bd0-9df9-4d1d0e3c2a11', /^5b1c7ef0-7a1c-4bd0-9df9-[0-9a-f]{8}$/],
    ['---', /^run-[0-9a-f]{8}$/],
    ['日本語', /^run-[0-9a-f]{8}$/],
  ])('made from the execution %j shows its name', (name, id) => expect(runId('', arn(name))).toMatch(id));

  it('that was asked for is taken as it is, or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.stringMatching(RUN_ID), fc.string({ minLength: 1 })), (asked) => {
        expect(runId(asked, arn('x'))).toBe(RUN_ID.test(asked) ? asked : undefined);
      }),
    );
    for (const wrong of ['-a', 'a-', 'A', 'a.b', '../x', 'a'.repeat(33), ' a', 'a\n']) {
      expect(runId(wrong, arn('x')), JSON.stringify(wrong)).toBeUndefined();
    }
  });
});
