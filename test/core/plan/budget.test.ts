import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RELEASE_ALLOWANCE_SECONDS } from '#core/plan/deadlines.ts';
import { makePlan } from '#core/plan/plan.ts';
import type { Plan } from '#core/plan/types.ts';
import type { CapacityType } from '#core/ports/prices.ts';
import { usdPerHour } from '#core/pricing/quote.ts';
import { mustRead, smallest } from '../matrix/fixtures.ts';
import { mustPlan, options, twoTypes } from './planned.ts';

/** Dollars if every node lives to its deadline and then takes all of the release allowance to go. */
function worstUsd(plan: Plan): number {
  const nodes = plan.deployments.reduce((usd, { maxSeconds, prices }) => {
    const dearest = Math.max(...prices.map(usdPerHour));
    return usd + ((maxSeconds + RELEASE_ALLOWANCE_SECONDS) / 3600) * dearest;
  }, 0);
  const hours = plan.maxSeconds / 3600;
  // As many nodes of 16 vCPUs as the load pool's limit lets there be.
  const shared = hours * ((plan.loadPool.vcpuLimit / 16) * usdPerHour(plan.estimate.loadNodePrice) + 0.1);
  return nodes + shared + plan.estimate.downloadsUsd + plan.estimate.orchestrationUsd;
}

describe('promise: a run never spends more than its budget', () => {
  const document = fc.record({
    types: fc.uniqueArray(
      fc.constantFrom('g5.8xlarge', 'g5.16xlarge', 'g6.xlarge', 'g6e.48xlarge', 'p5.48xlarge', 'p4d.24xlarge'),
      { minLength: 1 },
    ),
    concurrency: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
    repeats: fc.integer({ min: 1, max: 3 }),
    budgetUsd: fc.double({ min: 0.5, max: 3000, noNaN: true }),
    fallback: fc.uniqueArray(fc.constantFrom<CapacityType>('spot', 'reserved')),
    staging: fc.constantFrom('hub', 'bucket'),
    quota: fc.option(fc.integer({ min: 192, max: 800 }), { nil: undefined }),
    parallel: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    spotFactor: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
    holdMinutes: fc.option(fc.integer({ min: 1, max: 240 }), { nil: undefined }),
  });

  const read = (of: (typeof document extends fc.Arbitrary<infer T> ? T : never) & { budgetUsd: number }) =>
    mustRead({
      ...smallest(),
      matrix: { instanceType: of.types, concurrency: of.concurrency },
      repeats: of.repeats,
      budgetUsd: of.budgetUsd,
      capacity: { fallback: of.fallback },
      staging: of.staging,
      maxParallelDeployments: of.parallel,
      ...(of.holdMinutes === undefined ? {} : { hold: { minutes: of.holdMinutes } }),
    });

  it('whatever is asked: to the deadline and slowly gone, or refused with a budget that is enough', () => {
    fc.assert(
      fc.property(document, (of) => {
        const matrix = read(of);
        const changes = {
          vcpuQuota: () => of.quota,
          quotes: options(matrix).quotes.map((price) => ({
            ...price,
            priceUsdPerHour: price.priceUsdPerHour * (price.capacityType === 'spot' ? of.spotFactor : 1),
          })),
        };
        let result = makePlan(matrix, options(matrix, changes));
        if (!result.ok) {
          expect(result.problems.map(({ code }) => code)).toEqual(['budget-too-small']);
          expect(result.estimate?.totalUsd).toBeGreaterThan(0);
          const budgetUsd = Number(/[\d.]+/.exec(result.problems[0]?.instead ?? '')?.[0]);
          expect(budgetUsd).toBeGreaterThan(matrix.budgetUsd);
          result = makePlan({ ...matrix, budgetUsd }, options(matrix, changes));
        }
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        expect(worstUsd(result.plan)).toBeLessThanOrEqual(result.plan.budgetUsd + 1e-9);
        expect(result.plan.estimate.totalUsd).toBeLessThanOrEqual(result.plan.estimate.worstCaseUsd);
        expect(result.plan.estimate.worstCaseUsd).toBeLessThanOrEqual(result.plan.budgetUsd);
      }),
      { numRuns: 300 },
    );
  });

  it('gives every deployment at least what it is estimated to need, and more where money allows', () => {
    const generous = mustPlan(twoTypes());
    const least = makePlan({ ...twoTypes(), budgetUsd: 1 }, options(twoTypes()));
    const budgetUsd = least.ok ? 1 : Number(/[\d.]+/.exec(least.problems[0]?.instead ?? '')?.[0]);
    const tight = mustPlan({ ...twoTypes(), budgetUsd });
    for (const [index, deployment] of tight.deployments.entries()) {
      const { seconds, phases } = tight.estimate.deployments[index] as (typeof tight.estimate.deployments)[number];
      expect(deployment.maxSeconds).toBeGreaterThanOrEqual(seconds - phases.release.seconds);
      expect(generous.deployments[index]?.maxSeconds).toBeGreaterThan(deployment.maxSeconds);
    }
  });

  it('counts spot at the dearest that the node may be bought for', () => {
    const matrix = mustRead({ ...smallest(), budgetUsd: 8, capacity: { fallback: ['spot'] } });
    const dear = options(matrix).quotes.map((price) =>
      price.capacityType === 'spot' ? { ...price, priceUsdPerHour: 100 } : price,
    );
    expect(makePlan(matrix, options(matrix)).ok).toBe(true);
    expect(makePlan(matrix, options(matrix, { quotes: dear })).ok).toBe(false);
  });
});

it.each(['quickstart', 'g5-gpt-oss-20b'])(
  'the example %s fits its budget, with the least and a quarter to spare',
  (name) => {
    const document = readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8');
    const matrix = mustRead(JSON.parse(document));
    expect(makePlan({ ...matrix, budgetUsd: matrix.budgetUsd / 1.25 }, options(matrix)).ok).toBe(true);
  },
);
