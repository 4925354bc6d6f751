import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConcurrency, loadOverQuota, makespan, overQuota, quotaConcurrency } from '#core/plan/concurrency.ts';
import type { CapacityType } from '#core/ports/prices.ts';
import { GPU_INSTANCE_TYPES, type GpuInstanceFacts, gpuInstanceFacts } from '#core/pricing/gpu-instances.ts';
import { quotaClass } from '#core/pricing/quota.ts';

const sized = (instanceType: string, capacityTypes: CapacityType[] = ['on-demand']) => ({
  instanceType,
  capacityTypes,
  facts: gpuInstanceFacts(instanceType) as GpuInstanceFacts,
  instanceTypePath: 'matrix.instanceType[0]',
});

const predecessor = ['g5.8xlarge', 'g5.12xlarge', 'g5.16xlarge', 'g5.48xlarge', 'g5.48xlarge'].map((type) =>
  sized(type),
);

describe('deployments at once', () => {
  it('are all of them where the quota is large enough: five of G5 want 528 vCPUs', () => {
    expect(quotaConcurrency(predecessor, () => 528)).toBe(Number.POSITIVE_INFINITY);
    expect(quotaConcurrency(predecessor, () => 527)).toBe(4);
    expect(quotaConcurrency(predecessor, () => 192)).toBe(1);
    expect(quotaConcurrency(predecessor, () => undefined)).toBe(Number.POSITIVE_INFINITY);
  });

  it('count classes apart: G does not use up what P may have', () => {
    const mixed = [sized('g5.48xlarge'), sized('p4d.24xlarge')];
    expect(quotaConcurrency(mixed, (type) => (type.startsWith('g') ? 192 : 96))).toBe(Number.POSITIVE_INFINITY);
  });

  it('fit any quota, whichever of them run together', () => {
    const type = fc.constantFrom(...GPU_INSTANCE_TYPES);
    const capacity = fc.subarray<CapacityType>(['on-demand', 'spot', 'reserved'], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(type, capacity), { minLength: 1, maxLength: 8 }),
        fc.dictionary(
          fc.constantFrom('L-DB2E81BA', 'L-417A185B', 'L-3819A6DF', 'L-7212CCBC', 'L-C4BD4855'),
          fc.integer({ min: 192, max: 1000 }),
        ),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (chosen, limits, random) => {
          const deployments = chosen.map(([instanceType, types]) => sized(instanceType, types));
          const quota = (instanceType: string, capacityType: CapacityType) =>
            limits[quotaClass(instanceType, capacityType).quotaCode];
          const atOnce = Math.min(deployments.length, quotaConcurrency(deployments, quota));
          expect(atOnce).toBeGreaterThanOrEqual(1);
          const together = deployments
            .map((one) => ({ one, order: random.next().value as number }))
            .sort((a, b) => a.order - b.order)
            .slice(0, atOnce);
          const used: Record<string, number> = {};
          for (const { one } of together) {
            const bought = one.capacityTypes[
              Math.floor((random.next().value as number) * 0.99 * one.capacityTypes.length)
            ] as CapacityType;
            const code = quotaClass(one.instanceType, bought).quotaCode;
            used[code] = (used[code] ?? 0) + one.facts.vcpus;
          }
          for (const [code, vcpus] of Object.entries(used))
            expect(vcpus).toBeLessThanOrEqual(limits[code] ?? Number.POSITIVE_INFINITY);
        },
      ),
    );
  });
});

it('refuses a deployment that no quota lets start, with the quota to raise', () => {
  const [problem, ...more] = overQuota([sized('g5.48xlarge'), sized('g5.48xlarge'), sized('g5.8xlarge')], () => 96);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ code: 'over-quota', path: 'matrix.instanceType[0]', value: 'g5.48xlarge' });
  expect(problem?.instead).toContain('L-DB2E81BA');
});

it('blames the fallback for what only the fallback may not', () => {
  const spotless = (_: string, type: CapacityType) => (type === 'spot' ? 0 : undefined);
  expect(overQuota([sized('g5.8xlarge', ['on-demand', 'spot'])], spotless)).toEqual([
    expect.objectContaining({ path: 'capacity.fallback', value: 'spot' }),
  ]);
});

describe('the makespan', () => {
  it.each([
    [[5, 4, 3], 1, 12],
    [[5, 4, 3], 2, 7],
    [[5, 4, 3], 3, 5],
    [[5, 4, 3], 9, 5],
    [[], 1, 0],
  ])('of %j with %i at once is %i', (seconds, atOnce, expected) => expect(makespan(seconds, atOnce)).toBe(expected));
});

describe('the load generators, which have a quota of their own', () => {
  const only = (limit: number | undefined) => (type: string) => (type === 'c7i.4xlarge' ? limit : 0);
  const needs = (bought: number, atServers = 0) => ({ bought, atServers });

  it('want a node for staging and one in the engine’s zone: 32 vCPUs at least', () => {
    expect(loadOverQuota(needs(5), 'eu-west-1', only(32))).toEqual([]);
    expect(loadOverQuota(needs(5), 'eu-west-1', only(31))).toEqual([
      expect.objectContaining({
        ...{ code: 'over-quota', path: 'region', value: 'eu-west-1' },
        message: expect.stringMatching(/32 vCPUs of c7i\.4xlarge .* run 31 at once .*"Running On-Demand Standard/),
        instead: expect.stringContaining('at least 32 (Service Quotas, L-1216C47A)'),
      }),
    ]);
  });

  it('want one node beside servers that run already, and none where nothing is left to measure', () => {
    expect(loadOverQuota(needs(0, 3), 'eu-west-1', only(16))).toEqual([]);
    expect(loadOverQuota(needs(0, 3), 'eu-west-1', only(15))).toHaveLength(1);
    expect(loadOverQuota(needs(0, 0), 'eu-west-1', only(0))).toEqual([]);
  });

  it('limit how many deployments run at once: 48 vCPUs are enough for three', () => {
    expect([31, 32, 47, 48, 63, 64, 80].map((limit) => loadConcurrency(needs(9), only(limit)))).toEqual([
      1, 1, 1, 3, 3, 5, 7,
    ]);
    expect(loadConcurrency(needs(2), only(1000))).toBe(2);
    expect(loadConcurrency(needs(9), only(undefined))).toBe(Number.POSITIVE_INFINITY);
  });
});
