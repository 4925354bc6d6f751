import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '#core/matrix/problems.ts';
import { readMatrix } from '#core/matrix/read.ts';
import { numbers, problems, smallest, withMatrix, withTop } from './fixtures.ts';

describe('what hostile input cannot do', () => {
  it('sink below any depth', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const found = problems({ ...smallest(), zzz: deep, matrix: { instanceType: deep, concurrency: [1] } });
    expect(() => JSON.stringify(found)).not.toThrow();
    expect(found.map(({ path }) => path).sort()).toEqual(['matrix.instanceType[0]', 'zzz']);
  });

  it('reach the prototype of anything', () => {
    const input = JSON.parse(
      '{"name":"x","budgetUsd":1,"__proto__":{"polluted":1},"constructor":1,"matrix":{"__proto__":{"isl":[1]},"instanceType":["constructor"]},"models":{"__proto__":{"weightsGiB":1}}}',
    );
    const found = problems(input);
    expect(found.map(({ path }) => path)).toContain('__proto__');
    expect(found.map(({ path }) => path)).toContain('matrix.__proto__');
    // Nothing is inherited from it either.
    expect(found.map(({ path }) => path)).toContain('matrix.isl');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('write control sequences to a terminal', () => {
    const found = problems(withTop({ name: '\u001b[2J\u202egnp', '\u001b]0;x\u0007': 1 }));
    expect(found).toHaveLength(2);
    for (const { path, message, instead } of found) {
      expect(path + message + instead).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }
  });

  it('make answers without end', () => {
    const text = JSON.stringify(
      problems(withTop({ name: 'x'.repeat(1e6), slo: 'y'.repeat(1e6), cluster: numbers(1e5) })),
    );
    expect(text.length).toBeLessThan(3000);
  });

  it('blow up by entries that match everything', () => {
    const include = Array.from({ length: 10_000 }, () => ({ note: 'x' }));
    const found = problems(withMatrix({ concurrency: numbers(300), isl: [1, 2, 3], include }));
    expect(found.map(({ code }) => code)).toEqual(['too-much-work']);
  });
});

it('never throws, and every problem has a path, a message and advice', () => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(0, -1, 1e308, '', 'spot', 'g5.8xlarge', [], {}, null, [[]]),
  );
  const key = fc.constantFrom(
    'name',
    'matrix',
    'defaults',
    'repeats',
    'budgetUsd',
    'cluster',
    'load',
    'slo',
    'capacity',
    'models',
    'region',
    'instanceType',
    'concurrency',
    'requestRate',
    'include',
    'exclude',
    'tensorParallel',
    'engineArguments',
    'capacityType',
    'zzz',
    'isl',
    'note',
  );
  fc.assert(
    fc.property(
      fc.dictionary(key, junk),
      fc.dictionary(key, junk),
      fc.dictionary(key, fc.oneof(junk, fc.array(junk))),
      (top, defaults, matrix) => {
        const base = smallest();
        const result = readMatrix({
          ...base,
          defaults: { ...base.defaults, ...defaults },
          matrix: { ...base.matrix, ...matrix },
          ...top,
        });
        if (result.ok) return;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const problem of result.problems) {
          expect(PROBLEM_CODES).toContain(problem.code);
          expect(problem.message).not.toBe('');
          expect(problem.instead).not.toBe('');
          expect(problem.instead).not.toContain('undefined');
        }
      },
    ),
    { numRuns: 400 },
  );
});
