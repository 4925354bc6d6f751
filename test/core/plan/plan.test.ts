import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '#core/matrix/types.ts';
import { RELEASE_ALLOWANCE_SECONDS } from '#core/plan/deadlines.ts';
import { makePlan, type PlanOptions, quotesNeeded } from '#core/plan/plan.ts';
import { NODE_PHASES, type Plan } from '#core/plan/types.ts';
import type { CapacityType } from '#core/ports/prices.ts';
import { quote, usdPerHour } from '#core/pricing/quote.ts';
import { mustRead, smallest } from '../matrix/fixtures.ts';

const STARTED_AT = '2026-11-24T08:00:00.000Z';

const options = (matrix: Matrix, changes: Partial<PlanOptions> = {}): PlanOptions => ({
  run: 'test-1',
  startedAt: STARTED_AT,
  generator: 'aiperf',
  quotes: quotesNeeded(matrix).map((needed) => quote({ ...needed, region: 'us-east-1' })),
  ...changes,
});

function mustPlan(matrix: Matrix, changes: Partial<PlanOptions> = {}): Plan {
  const result = makePlan(matrix, options(matrix, changes));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

const twoTypes = () =>
  mustRead({ ...smallest(), matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [10, 20, 40] } });

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

describe('a hold', () => {
  const matrix = (changes: object = {}) => ({ ...twoTypes(), ...changes });
  const idle = ({ estimate }: Plan) => estimate.phases.idle;

  it('is part of what every deployment needs, of its price and of its deadline', () => {
    const plain = mustPlan(matrix({ budgetUsd: 200 }));
    const held = mustPlan(matrix({ budgetUsd: 200, hold: { minutes: 60 } }));
    expect(held.deployments.map(({ holdSeconds }) => holdSeconds)).toEqual([3600, 3600]);
    expect(plain.deployments.map(({ holdSeconds }) => holdSeconds)).toEqual([0, 0]);
    expect(idle(held).seconds - idle(plain).seconds).toBe(7200);
    const hourly = held.deployments.reduce((sum, { prices: [price] }) => sum + usdPerHour(price!), 0);
    expect(held.estimate.gpuUsd - plain.estimate.gpuUsd).toBeCloseTo(hourly, 6);
    for (const [index, { maxSeconds }] of held.deployments.entries()) {
      expect(maxSeconds - plain.deployments[index]!.maxSeconds).toBeGreaterThanOrEqual(3600);
    }
    // One Wait a deployment, however long; the polls of the cells stay as many as they were.
    expect(held.estimate.transitions - plain.estimate.transitions).toBeLessThanOrEqual(2);
  });

  it('that the budget does not hold is refused', () => {
    const enough = { ...matrix(), budgetUsd: 12 };
    expect(makePlan(enough, options(enough)).ok).toBe(true);
    const held = { ...enough, hold: { minutes: 240 } };
    const refused = makePlan(held, options(held));
    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'budget-too-small' }] });
  });

  it('that takes a deployment over half a day is refused with what to shorten', () => {
    const long = { ...matrix(), budgetUsd: 1000, hold: { minutes: 720 } };
    expect(makePlan(long, options(long))).toMatchObject({
      ok: false,
      problems: [{ code: 'too-long', instead: expect.stringContaining('"hold"') }],
    });
  });
});

describe('a plan', () => {
  it('starts the longest deployment first, whatever the order of the matrix', () => {
    const plan = mustPlan(twoTypes(), {
      cellSeconds: (_, { instanceType }) => (instanceType === 'g5.16xlarge' ? 100 : 10),
    });
    expect(plan.deployments.map(({ instanceType }) => instanceType)).toEqual(['g5.16xlarge', 'g5.8xlarge']);
  });

  it('carries everything that its tasks need of a deployment', () => {
    const matrix = mustRead({ ...smallest(), capacity: { fallback: ['spot'], patienceSeconds: 300 } });
    const [deployment] = mustPlan(matrix).deployments;
    expect(deployment).toMatchObject({
      instanceType: 'g5.8xlarge',
      gpuName: 'A10G',
      gpuCount: 1,
      vcpus: 32,
      capacityTypes: ['on-demand', 'spot'],
      capacityPatienceSeconds: 300,
      generator: 'aiperf',
      note: '',
      prices: [{ capacityType: 'on-demand' }, { capacityType: 'spot' }],
    });
    expect(Object.keys(deployment ?? {})).not.toContain('facts');
  });

  it('takes the generator that the matrix names, else the one that is at hand', () => {
    const named = mustRead({ ...smallest(), load: { generator: 'genai-perf' } });
    expect(mustPlan(named).generator).toBe('genai-perf');
    expect(mustPlan(named).deployments[0]?.generator).toBe('genai-perf');
    expect(mustPlan(mustRead(smallest())).generator).toBe('aiperf');
  });

  it('has a deadline: its start and the longest that it may take', () => {
    const plan = mustPlan(twoTypes());
    expect(Date.parse(plan.deadline) - Date.parse(STARTED_AT)).toBe(plan.maxSeconds * 1000);
    for (const { maxSeconds } of plan.deployments) expect(plan.maxSeconds).toBeGreaterThan(maxSeconds);
  });

  it('is the same each time', () => {
    expect(mustPlan(twoTypes())).toEqual(mustPlan(twoTypes()));
  });

  it('fits into JSON', () => {
    const plan = mustPlan(twoTypes());
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('runs as many at once as quota and matrix allow, and never none', () => {
    const quota = (limit: number) => mustPlan(twoTypes(), { vcpuQuota: () => limit }).maxConcurrency;
    expect(quota(96)).toBe(2);
    expect(quota(95)).toBe(1);
    expect(mustPlan({ ...twoTypes(), maxParallelDeployments: 1 }).maxConcurrency).toBe(1);
    expect(mustPlan(twoTypes()).maxConcurrency).toBe(2);
  });

  it('is refused for a deployment over the whole quota, before a wrong result', () => {
    const result = makePlan(twoTypes(), options(twoTypes(), { vcpuQuota: () => 40 }));
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: 'over-quota', value: 'g5.16xlarge', path: 'matrix.instanceType[1]' }],
    });
  });

  it('is refused where a price is not known', () => {
    expect(makePlan(twoTypes(), options(twoTypes(), { quotes: [] }))).toMatchObject({
      ok: false,
      problems: [{ value: 'g5.8xlarge' }, { value: 'g5.16xlarge' }, { value: 'c7i.4xlarge' }],
    });
  });

  it('is refused for a deployment that no node lives long enough for', () => {
    const result = makePlan(twoTypes(), options(twoTypes(), { cellSeconds: () => 20_000 }));
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'too-long' }] });
  });
});

describe('a resumed run', () => {
  const matrix = twoTypes();
  const ids = matrix.deployments.map(({ cells }) => cells.map(({ id }) => id));

  it('leaves out what it has, and starts no node for a deployment that is measured', () => {
    const finishedCells = new Set([...(ids[0] as string[]), ids[1]?.[0] as string]);
    const plan = mustPlan(matrix, { finishedCells });
    expect(plan.deployments.map(({ cells }) => cells.map(({ id }) => id))).toEqual([ids[1]?.slice(1)]);
    expect(plan).toMatchObject({ totalCells: 6, skippedCells: 4 });
  });

  it('with everything measured plans nothing, costs nothing, and may still run the map', () => {
    const plan = mustPlan({ ...matrix, budgetUsd: 0.01 }, { finishedCells: new Set(ids.flat()) });
    expect(plan).toMatchObject({
      deployments: [],
      skippedCells: 6,
      maxConcurrency: 1,
      estimate: { totalUsd: 0, worstCaseUsd: 0 },
    });
  });

  it('counts attempts', () => {
    const [first, second] = ids.flat();
    const plan = mustPlan(matrix, { attempts: new Map([[first as string, 2]]) });
    const attempt = (id: string | undefined) =>
      plan.deployments.flatMap(({ cells }) => cells).find((cell) => cell.id === id)?.attempt;
    expect([attempt(first), attempt(second)]).toEqual([3, 1]);
  });
});

describe('an estimate', () => {
  const plan = mustPlan(twoTypes(), { cellSeconds: () => 50 });

  it('has the seconds and dollars of every phase, and they add up', () => {
    for (const deployment of plan.estimate.deployments) {
      const phases = NODE_PHASES.map((phase) => deployment.phases[phase]);
      expect(phases.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(deployment.seconds, 6);
      expect(phases.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(deployment.usd, 9);
      expect(deployment.usd).toBeCloseTo((deployment.seconds / 3600) * usdPerHour(deployment.price), 9);
    }
    const { gpuUsd, loadNodesUsd, controlPlaneUsd, downloadsUsd, orchestrationUsd, totalUsd } = plan.estimate;
    expect(gpuUsd + loadNodesUsd + controlPlaneUsd + downloadsUsd + orchestrationUsd).toBeCloseTo(totalUsd, 9);
    // Node 90 s, pull 240 s, load 120 s, three cells of 50 s with 20 s between them, release 120 s.
    expect(plan.estimate.deployments[0]?.seconds).toBe(90 + 240 + 120 + 3 * (50 + 20) + 120);
  });

  it('carries the price of every figure, with source and date', () => {
    for (const { price } of plan.estimate.deployments) {
      expect(price.source).not.toBe('');
      expect(price.effectiveAt).toMatch(/^20/);
    }
  });

  it('stages a model once from the bucket, and on each node from the hub', () => {
    const hub = mustPlan({ ...twoTypes(), staging: 'hub' });
    expect(hub.estimate.downloadsUsd - mustPlan(twoTypes()).estimate.downloadsUsd).toBeCloseTo(13.76 * 0.045, 6);
  });

  it('of orchestration is small beside that of GPUs: about 1,000 transitions for 24 cells at coarse polls', () => {
    expect(plan.estimate.orchestrationUsd).toBeLessThan(plan.estimate.gpuUsd / 20);
    expect(plan.estimate.transitions).toBeGreaterThan(2 * 8 + 6 * 6 + 40);
  });
});
