import { describe, expect, it } from 'vitest';
import { makePlan } from '#core/plan/plan.ts';
import { NODE_PHASES, type Plan } from '#core/plan/types.ts';
import { usdPerHour } from '#core/pricing/quote.ts';
import { mustRead, numbers, smallest, withMatrix } from '../matrix/fixtures.ts';
import { mustPlan, options, STARTED_AT, twoTypes } from './planned.ts';

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

  it('runs as many at once as the load generators have nodes for', () => {
    const plan = (limit: number) =>
      mustPlan(twoTypes(), { vcpuQuota: (type) => (type === 'c7i.4xlarge' ? limit : undefined) });
    expect([32, 47, 48, 1000].map((limit) => plan(limit).maxConcurrency)).toEqual([1, 1, 2, 2]);
    for (const limit of [32, 47, 48]) expect(plan(limit).loadPool.vcpuLimit).toBeLessThanOrEqual(limit);
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
      problems: [{ value: 'g5.8xlarge' }, { value: 'g5.16xlarge' }, { path: 'region', value: 'us-east-1' }],
    });
  });

  it('is refused for a deployment that no node lives long enough for', () => {
    const result = makePlan(twoTypes(), options(twoTypes(), { cellSeconds: () => 20_000 }));
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'too-long' }] });
  });
});

it('is refused where the execution would be ended before its last deployments', () => {
  const matrix = (more: object) => mustRead({ ...withMatrix({ shmGiB: numbers(32) }), budgetUsd: 1e6, ...more });
  const planned = (more: object) => makePlan(matrix(more), options(matrix(more), { cellSeconds: () => 36_000 }));
  expect(planned({ maxParallelDeployments: 1 })).toMatchObject({
    ok: false,
    problems: [{ code: 'too-long', path: 'maxParallelDeployments', value: 1 }],
  });
  expect(planned({}).ok).toBe(true);
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
