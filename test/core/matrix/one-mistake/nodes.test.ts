import { describe, expect } from 'vitest';
import { smallest, withMatrix, withTop } from '../fixtures.ts';
import { toldAlone } from './told-alone.ts';

describe('one mistake about the nodes of a deployment', () => {
  toldAlone([
    [
      'unknown type',
      withMatrix({ instanceType: ['g5.8xlrage'] }),
      { code: 'unknown-instance-type', path: 'matrix.instanceType[0]', value: 'g5.8xlrage', instead: '"g5.8xlarge"' },
    ],
    [
      'type without GPU',
      withMatrix({ instanceType: ['m7i.large'] }),
      { code: 'unknown-instance-type', path: 'matrix.instanceType[0]' },
    ],
    [
      'TP of 0',
      withMatrix({ tensorParallel: [0] }),
      { code: 'out-of-range', path: 'matrix.tensorParallel[0]', value: 0, instead: '1' },
    ],
    [
      'TP in an include entry of 0',
      withMatrix({ include: [{ tensorParallel: 0 }] }),
      { code: 'out-of-range', path: 'matrix.include[0].tensorParallel', instead: '1' },
    ],
    [
      'PP of 0',
      withTop({ defaults: { ...smallest().defaults, pipelineParallel: 0 } }),
      { code: 'out-of-range', path: 'defaults.pipelineParallel', instead: '1' },
    ],
    ['half a GPU', withMatrix({ tensorParallel: [0.5] }), { path: 'matrix.tensorParallel[0]' }],
    [
      'TP over the GPUs',
      withMatrix({ tensorParallel: [4] }),
      { code: 'too-many-gpus', path: 'matrix.tensorParallel[0]', value: 4 },
    ],
    [
      'PP over the GPUs',
      withMatrix({ pipelineParallel: [2] }),
      { code: 'too-many-gpus', path: 'matrix.pipelineParallel[0]', value: 2 },
    ],
    [
      'TP over the GPUs by a default, which nothing can exclude',
      withTop({ defaults: { ...smallest().defaults, tensorParallel: 2 } }),
      {
        code: 'too-many-gpus',
        path: 'defaults.tensorParallel',
        instead: 'at most 1, or include {"instanceType": "g5.8xlarge", "tensorParallel": 1}',
      },
    ],
    [
      'shared memory over the memory of a node',
      withMatrix({ instanceType: ['g5.2xlarge', 'g5.xlarge', 'g5.8xlarge'], shmGiB: [32] }),
      {
        code: 'too-little-memory',
        path: 'matrix.shmGiB[0]',
        value: 32,
        message: expect.stringContaining('g5.2xlarge (32 GiB), g5.xlarge (16 GiB)') as string,
        instead: 'less than 16: the engine needs memory besides',
      },
    ],
    [
      'two capacity types',
      withMatrix({ capacityType: ['on-demand', 'spot'] }),
      {
        code: 'capacity-type-twice',
        path: 'matrix.capacityType[1]',
        value: 'spot',
        instead: 'one capacity type, and "capacity": {"fallback": ["spot"]}',
      },
    ],
    [
      'endpoint without a URL',
      withMatrix({ instanceType: ['endpoint'] }),
      { code: 'missing', path: 'endpoints', instead: '"endpoints": {"endpoint": {"url": "http://host:8000"}}' },
    ],
    [
      'TP over the GPUs of several types',
      withMatrix({ instanceType: ['g5.8xlarge', 'g5.12xlarge', 'g6.8xlarge'], tensorParallel: [1, 4] }),
      {
        code: 'too-many-gpus',
        path: 'matrix.tensorParallel[1]',
        message: expect.stringContaining('more than g5.8xlarge (1), g6.8xlarge (1) has') as string,
        instead: 'for each of these types: exclude {"instanceType": "g5.8xlarge", "tensorParallel": 4} and so on',
      },
    ],
  ]);
});
