import { describe, expect, it } from 'vitest';
import { smallest } from '../fixtures.ts';
import { MISTAKES } from './mistakes.ts';
import { shown, told, valid, type World } from './world.ts';

describe('one mistake, of which others seem to follow', () => {
  const { defaults, matrix, ...others } = smallest();
  const endpoint = { ...matrix, instanceType: ['endpoint-a'] };
  it.each<[string, unknown, string[]]>([
    ['a misspelt part', { ...others, matrix, defualts: defaults }, ['unknown-field defualts']],
    ['defaults that are none', { ...others, matrix, defaults: [] }, ['wrong-type defaults']],
    ['entries that are none', { ...others, matrix: { ...matrix, include: {} } }, ['wrong-type matrix.include']],
    [
      'an axis of another name that is no list',
      { ...others, defaults, matrix: { instanceTypes: 'g5.8xlarge', concurrency: [1] } },
      ['unknown-field matrix.instanceTypes'],
    ],
    [
      'servers that are none',
      { ...others, defaults, matrix: endpoint, endpoints: 'http://x' },
      ['wrong-type endpoints'],
    ],
    [
      'a server under another label',
      { ...others, defaults, matrix: endpoint, endpoints: { endpoint_a: { url: 'http://x' } } },
      ['bad-format endpoints.endpoint_a'],
    ],
    [
      'an exclude entry that cannot be read',
      { ...others, defaults, matrix: { ...matrix, exclude: [{ instanceType: 'g5.8xlarge', concurrency: 0 }] } },
      ['out-of-range matrix.exclude[0].concurrency'],
    ],
    [
      'more requests than anybody waits for',
      {
        ...others,
        defaults,
        matrix: { ...matrix, concurrency: [10_000] },
        load: { requestsPerConcurrency: 9000 },
        budgetUsd: 1,
      },
      ['too-many-requests matrix.concurrency[0]'],
    ],
  ])('%s', (_, document, expected) => {
    const world = { ...valid(), document: document as World['document'] };
    expect(shown(told(world))).toEqual(expected);
  });

  it('is told where it stands, below a misspelt part too', () => {
    const world = { ...valid(), document: { ...others, defaults, matix: { ...matrix, tensorParallel: [0, 8] } } };
    expect(shown(told(world as unknown as World))).toEqual([
      'out-of-range matix.tensorParallel[0]',
      'too-many-gpus matix.tensorParallel[1]',
      'unknown-field matix',
    ]);
  });

  it('does not hold against the budget what cannot be run anyway', () => {
    const world = valid();
    world.document.matrix = {
      instanceType: ['g5.8xlarge'],
      concurrency: [2],
      tensorParallel: [1, 2, 3, 4, 5, 6, 7, 8],
    };
    world.document.budgetUsd = 20;
    expect(new Set(told(world).map(({ code }) => code))).toEqual(new Set(['too-many-gpus']));
  });

  it('says of the budget what holds for the rest, which is not all', () => {
    const world = valid();
    MISTAKES['an instance type']?.plant(world);
    world.document.budgetUsd = 1;
    expect(told(world).at(-1)).toMatchObject({
      message: expect.stringContaining('what is right of the matrix, without the rest, is estimated at $'),
      instead: expect.stringMatching(/^more than [\d.]+$/),
    });
  });
});
