import { describe } from 'vitest';
import { numbers, smallest, withMatrix, withTop } from '../fixtures.ts';
import { toldAlone } from './told-alone.ts';

describe('one mistake in what is to be combined', () => {
  toldAlone([
    [
      'a value twice',
      withMatrix({ concurrency: [10, 20, 10] }),
      { code: 'duplicate-value', path: 'matrix.concurrency[2]', value: 10 },
    ],
    [
      'a cell twice',
      withMatrix({
        include: [
          { instanceType: 'g5.16xlarge', concurrency: 10 },
          { instanceType: 'g5.16xlarge', concurrency: 10 },
        ],
      }),
      { code: 'duplicate-cell', path: 'matrix.include[1]' },
    ],
    ['no model', withTop({ defaults: { isl: 1, osl: 1 } }), { code: 'missing', path: 'matrix.model' }],
    [
      'incomplete include entry',
      withMatrix({ include: [{ instanceType: 'g5.16xlarge' }] }),
      { code: 'missing', path: 'matrix.include[0].concurrency' },
    ],
    ['empty include entry', withMatrix({ include: [{}] }), { code: 'missing', path: 'matrix.include[0]' }],
    ['empty exclude entry', withMatrix({ exclude: [{}] }), { code: 'missing', path: 'matrix.exclude[0]' }],
    [
      'an exclude entry of what is no axis, which leaves out nothing',
      withMatrix({ exclude: [{ instanceType: 'g5.8xlarge', shmGiB: 10 }] }),
      {
        code: 'not-an-axis',
        path: 'matrix.exclude[0].shmGiB',
        value: 10,
        instead: '"shmGiB" as a list under "matrix", or an entry without it',
      },
    ],
    [
      'an axis that cannot be read, which an exclude entry names',
      withMatrix({ shmGiB: 'ten', exclude: [{ instanceType: 'g5.16xlarge', shmGiB: 10 }] }),
      { code: 'wrong-type', path: 'matrix.shmGiB' },
    ],
    ['everything excluded', withMatrix({ exclude: [{ concurrency: 10 }] }), { code: 'no-cells', path: 'matrix' }],
    ['no axes', { ...smallest(), matrix: {} }, { code: 'no-cells', path: 'matrix' }],
    [
      'more cells than a history holds',
      withMatrix({ concurrency: Array.from({ length: 400 }, (_, index) => index + 1) }),
      { code: 'too-many-cells', path: 'matrix' },
    ],
    [
      'more repeats than a history holds',
      { ...withMatrix({ concurrency: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }), repeats: 50 },
      { code: 'too-many-cells', path: 'repeats', value: 50, instead: 'at most 31' },
    ],
    [
      'more cells than memory holds',
      withMatrix({ isl: numbers(1000), osl: numbers(1000), concurrency: numbers(1000) }),
      { code: 'too-many-cells', path: 'matrix' },
    ],
  ]);
});
