import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import {
  DRAIN_SECONDS,
  deadlines,
  longestRunSeconds,
  POD_GRACE_SECONDS,
  RELEASE_ALLOWANCE_SECONDS,
  WHEN_EMPTY_SECONDS,
  worstCaseUsd,
} from '#core/plan/deadlines.ts';

it('allows for what the manifests grant: a grace, an empty node, a drain', () => {
  const inAnHour = { deadline: '2026-11-24T09:00:00.000Z', nowMs: Date.parse('2026-11-24T08:00:00.000Z') };
  const deployment = { id: 'aaaaaaaaaaaa', instanceType: 'g5.8xlarge', gpuCount: 1, shmGiB: 10 };
  const pool = gpuNodePool({ run: 'test', deployment, capacityType: 'on-demand', ...inAnHour });
  const engine = { image: 'vllm', command: [], args: [], env: {}, port: 8000, healthPath: '/health' };
  const job = engineJob({ run: 'test', deployment, nodePool: pool.metadata.name, engine, ...inAnHour });
  const seconds = (text: unknown) => Number(/^(\d+)m$/.exec(String(text))?.[1]) * 60;
  expect(job.spec.template.spec.terminationGracePeriodSeconds).toBe(POD_GRACE_SECONDS);
  expect(seconds(pool.spec.disruption.consolidateAfter)).toBe(WHEN_EMPTY_SECONDS);
  expect(seconds(pool.spec.template.spec.terminationGracePeriod)).toBe(DRAIN_SECONDS);
});

it('allows for the pod to stop, the NodePool to see it empty, and a drain that takes all its time', () => {
  expect(RELEASE_ALLOWANCE_SECONDS).toBe(30 + 120 + 600);
});

/** The map as it runs: a free slot takes the next child, in whatever order they come. */
function runMap(durations: readonly number[], atOnce: number): number {
  const slots = new Array<number>(atOnce).fill(0);
  for (const duration of durations) {
    slots.sort((a, b) => a - b);
    slots[0] = (slots[0] as number) + duration;
  }
  return Math.max(...slots);
}

describe('the longest run', () => {
  it('is not shorter than any order of children that all live to their deadline and are slow to go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 43_200 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (maxSeconds, concurrency) => {
          const atOnce = Math.min(concurrency, maxSeconds.length);
          const map = runMap(
            maxSeconds.map((seconds) => seconds + 750),
            atOnce,
          );
          // Half an hour each for the cluster, the model, and the end of the run.
          expect(longestRunSeconds(maxSeconds, atOnce)).toBeGreaterThanOrEqual(3 * 1800 + map);
        },
      ),
    );
  });

  it('is not much longer than it must be: one child at a time is the sum', () => {
    expect(longestRunSeconds([100, 200], 1)).toBe(3 * 1800 + 100 + 200 + 2 * 750);
    expect(longestRunSeconds([100, 200], 2)).toBeLessThanOrEqual(3 * 1800 + 1.5 * 950);
  });
});

const request = (budgetUsd: number) => ({
  deployments: [
    { neededSeconds: 1000.4, wishedSeconds: 4000, usdPerHour: 36 },
    { neededSeconds: 500, wishedSeconds: 400, usdPerHour: 3.6 },
  ],
  concurrency: 2,
  sharedUsdPerHour: 1,
  fixedUsd: 2,
  budgetUsd,
});

describe('deadlines', () => {
  it('grant every wish when money is no matter', () => {
    expect(deadlines(request(1e6))).toMatchObject({ maxSeconds: [4000, 500], withinBudget: true });
  });

  it('grant what is needed and say so when even that is over the budget', () => {
    expect(deadlines(request(1))).toMatchObject({ maxSeconds: [1001, 500], withinBudget: false });
  });

  it('use the budget up to the second: one more, and it is over', () => {
    const { maxSeconds, worstCaseUsd: usd, withinBudget } = deadlines(request(40));
    expect(withinBudget).toBe(true);
    expect(usd).toBeLessThanOrEqual(40);
    const [first = 0, second = 0] = maxSeconds;
    expect(first).toBeGreaterThan(1001);
    expect(worstCaseUsd(request(40), [first + 1, second])).toBeGreaterThan(40);
  });
});
