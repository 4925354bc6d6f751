import { describe, expect } from 'vitest';
import { numbers, smallest, withMatrix, withTop } from '../fixtures.ts';
import { toldAlone } from './told-alone.ts';

/** Sizes of models that nobody asks for, that take about so many bytes. */
const sized = (bytes: number) =>
  Object.fromEntries(
    numbers(Math.ceil(bytes / 40)).map((index) => [`some/model-${String(index + 1e6)}`, { weightsGiB: 16.25 }]),
  );

describe('one mistake in what a matrix is made of', () => {
  toldAlone([
    ['no document', undefined, { code: 'not-an-object', path: '' }],
    ['a list', [], { code: 'not-an-object', path: '' }],
    ['no name', { ...smallest(), name: undefined }, { code: 'missing', path: 'name' }],
    ['name with a space', withTop({ name: 'My run' }), { code: 'bad-format', path: 'name', value: 'My run' }],
    ['name that is a path', withTop({ name: '../../etc' }), { code: 'bad-format', path: 'name' }],
    ['unknown field', withTop({ bugdetUsd: 5 }), { code: 'unknown-field', path: 'bugdetUsd', instead: '"budgetUsd"' }],
    [
      'unknown axis',
      withMatrix({ concurency: [1] }),
      { code: 'unknown-field', path: 'matrix.concurency', instead: '"concurrency"' },
    ],
    ['odd field name', withTop({ 'a.b "c"': 1 }), { code: 'unknown-field', path: '["a.b \\"c\\""]' }],
    [
      'a number for a list',
      withMatrix({ isl: 5 }),
      { code: 'wrong-type', path: 'matrix.isl', instead: 'a list, such as [5]' },
    ],
    ['an empty list', withMatrix({ isl: [] }), { code: 'out-of-range', path: 'matrix.isl' }],
    ['text for a number', withTop({ budgetUsd: '5' }), { code: 'wrong-type', path: 'budgetUsd', value: '5' }],
    ['no budget', withTop({ budgetUsd: 0 }), { code: 'out-of-range', path: 'budgetUsd' }],
    ['endless budget', withTop({ budgetUsd: Number.POSITIVE_INFINITY }), { path: 'budgetUsd' }],
    [
      'a model of a name that every object has',
      withTop({ models: { constructor: { weightsGiB: 1 } } }),
      { code: 'unknown-field', path: 'models.constructor' },
    ],
    [
      'a server of a name that every object has',
      withTop({ endpoints: JSON.parse('{"__proto__": {"url": "http://x"}}') }),
      { code: 'unknown-field', path: 'endpoints.__proto__' },
    ],
    [
      'a header of a name that every object has',
      withTop({ endpoints: { endpoint: { url: 'http://x', headersFrom: JSON.parse('{"__proto__": "X"}') } } }),
      { code: 'unknown-field', path: 'endpoints.endpoint.headersFrom.__proto__' },
    ],
    [
      'more than an execution can carry',
      withTop({ models: sized(260_000) }),
      {
        code: 'too-large',
        path: 'models',
        message: expect.stringMatching(
          /^the matrix takes 26\d\.\d KiB .* may take 252 KiB, .* holds 256 KiB$/,
        ) as string,
        instead: 'less of it, or several matrices',
      },
    ],
  ]);
});
