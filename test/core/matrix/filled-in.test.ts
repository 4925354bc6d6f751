import { describe, expect, it } from 'vitest';
import { mustRead, smallest, withMatrix } from './fixtures.ts';

describe('what is expanded', () => {
  it('fills in defaults: the combination, then the matrix, then StepBench', () => {
    const { deployments } = mustRead({
      ...withMatrix({ concurrency: [1, 2], include: [{ concurrency: 2, shmGiB: 64 }] }),
      defaults: { ...smallest().defaults, shmGiB: 32, streaming: false },
    });
    expect(deployments.map(({ shmGiB, tensorParallel }) => [shmGiB, tensorParallel])).toEqual([
      [32, 1],
      [64, 1],
    ]);
    expect(deployments[0]?.cells[0]).toMatchObject({ streaming: false, endpoint: 'completions', islStddev: 0 });
  });

  it('groups cells on deployments, repeats included', () => {
    const { deployments, totalCells } = mustRead({
      ...withMatrix({ instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [10, 20], isl: [100, 200] }),
      repeats: 3,
    });
    expect(deployments.map(({ cells }) => cells.length)).toEqual([12, 12]);
    expect(totalCells).toBe(24);
    expect(new Set(deployments.flatMap(({ cells }) => cells.map(({ id }) => id))).size).toBe(24);
    expect(new Set(deployments.flatMap(({ cells }) => cells.map(({ seed }) => seed))).size).toBe(24);
  });

  it('counts requests by concurrency, or by time when the load is open', () => {
    const [closed] = mustRead({
      ...smallest(),
      load: { requestsPerConcurrency: 5, warmupRequestsPerConcurrency: 2 },
    }).deployments;
    expect(closed?.cells[0]).toMatchObject({ requestCount: 50, warmupRequestCount: 20, requestRate: null });
    const [open] = mustRead({
      ...withMatrix({ concurrency: undefined, requestRate: [2.5] }),
      load: { openLoadSeconds: 30 },
    }).deployments;
    expect(open?.cells[0]).toMatchObject({
      requestCount: 75,
      warmupRequestCount: 3,
      concurrency: null,
      requestRate: 2.5,
    });
    const [fixed] = mustRead({ ...smallest(), load: { requestCount: 77, warmupRequestCount: 0 } }).deployments;
    expect(fixed?.cells[0]).toMatchObject({ requestCount: 77, warmupRequestCount: 0 });
  });

  it('carries a note to the deployment', () => {
    const { deployments } = mustRead(
      withMatrix({ concurrency: [1, 2], include: [{ instanceType: 'g5.8xlarge', note: 'unproven' }] }),
    );
    expect(deployments.map(({ note }) => note)).toEqual(['unproven']);
  });

  it('tries the capacity type of the combination first, then the fallbacks, none twice', () => {
    const { deployments } = mustRead({
      ...withMatrix({ capacityType: ['spot'] }),
      capacity: { fallback: ['on-demand', 'spot'] },
    });
    expect(deployments[0]?.capacityTypes).toEqual(['spot', 'on-demand']);
  });
});
