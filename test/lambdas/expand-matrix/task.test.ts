import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import { UnknownPriceError } from '#core/workflow/errors.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { measured } from '../fakes/rows.ts';
import { breaksOnce, interleaved, json, keysOf, watched } from '../fakes/stores.ts';
import { FIRST, MATRIX, RUN, SECOND, World } from '../fakes/world.ts';
import { lease, refused, resume } from './executions.ts';

describe('a plan', () => {
  it('is what the machine is told, what the store has, and what the lease says', async () => {
    const world = new World();
    const output = await world.expand();
    const plan = await world.plan();
    expect(output).toMatchObject({
      ...{ run: RUN, attempt: 1, withinBudget: true, deploymentCount: 2, budgetUsd: 20 },
      ...{ deadline: plan.deadline, deploymentsKey: `runs/${RUN}/deployments.json`, maxConcurrency: 2 },
    });
    expect(await lease(world)).toMatchObject({
      execution: FIRST,
      attempt: 1,
      deadline: plan.deadline,
      cluster: 'bench',
    });
    expect(plan.estimate.worstCaseUsd).toBeLessThanOrEqual(plan.budgetUsd);
    expect(await json(world.store, output.deploymentsKey)).toHaveLength(2);
  });

  it('delivered again is the same, though the store is asked for no other one', async () => {
    const world = new World();
    const first = await world.expand();
    world.clock.forward(600);
    await recordRow(world.store, measured((await world.deployments())[0]!, { cell: 0 }));
    const puts: string[] = [];
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'put') puts.push(key);
    });
    expect(await world.expand({ startedAt: world.clock.iso })).toEqual(first);
    expect(puts).toEqual([]);
  });

  it('delivered twice at once is one plan, of which both are told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new World();
        const plain = world.store;
        world.store = interleaved(plain, scheduler);
        const [one, two] = await scheduler.waitFor(Promise.all([world.expand(), world.expand()]));
        expect(one).toEqual(two);
        world.store = plain;
        expect((await world.plan()).deadline).toBe(one.deadline);
        expect(await lease(world)).toMatchObject({ attempt: 1, deadline: one.deadline });
      }),
      { numRuns: 15 },
    );
  });

  it('made while another delivery had read the lease is the plan of both: its own start is nothing spent', async () => {
    const world = new World();
    const plain = world.store;
    let first: Awaited<ReturnType<World['expand']>> | undefined;
    world.store = watched(plain, async (operation, key) => {
      if (operation !== 'get' || !key.endsWith('plan.json')) return;
      world.store = plain;
      first ??= await world.expand();
    });
    const second = await world.expand();
    expect(first).toMatchObject({ spent: NOTHING_SPENT, budgetUsd: 20 });
    expect(second).toEqual(first);
    expect((await world.plan()).spent).toEqual(NOTHING_SPENT);
  });

  it.each([1, 2, 3, 4, 5])('is made whole by the next delivery when the store broke at put %i', async (nth) => {
    const world = new World();
    world.store = breaksOnce(world.store, nth);
    await expect(world.expand()).rejects.toThrow('the store broke');
    const output = await world.expand();
    expect(output).toMatchObject({ attempt: 1, deploymentCount: 2 });
    expect(await world.deployments()).toHaveLength(2);
    expect(await lease(world)).toMatchObject({ execution: FIRST, attempt: 1 });
  });

  it('of a delivery that woke up late does not take the place of the one that took over', async () => {
    const world = new World();
    const plain = world.store;
    let taken = false;
    const sleepy = watched(plain, async (operation, key) => {
      if (operation !== 'put' || !key.endsWith('plan.json') || taken) return;
      taken = true;
      world.running.delete(FIRST);
      world.running.add(SECOND);
      world.store = plain;
      world.clock.forward(60);
      await resume(world);
    });
    world.store = sleepy;
    await expect(world.expand()).rejects.toEqual(refused('RunAlreadyActive', /taken run night over/));
    world.store = plain;
    expect((await world.plan()).attempt).toBe(2);
    expect((await world.plan()).deadline).toBe((await lease(world))?.deadline);
  });

  it('asks for each quota once, and for no more at once than they allow', async () => {
    const world = new World();
    const asked: string[] = [];
    world.quotas.vcpuLimit = async ({ instanceType, capacityType }) => {
      asked.push(`${instanceType} ${capacityType}`);
      return 64;
    };
    expect((await world.expand()).maxConcurrency).toBe(1);
    expect(asked.toSorted()).toEqual(['c7i.4xlarge on-demand', 'g5.16xlarge on-demand', 'g5.8xlarge on-demand']);
  });

  it('asks for the quotas of its own region, and of each way to buy by itself', async () => {
    const world = new World();
    const regions = new Set<string>();
    world.quotas.vcpuLimit = async ({ region, capacityType }) => {
      regions.add(region);
      return capacityType === 'spot' ? 63 : 1000;
    };
    const matrix = { ...MATRIX, region: 'eu-west-1', capacity: { fallback: ['spot'] } };
    await expect(world.expand({ matrix })).rejects.toEqual(
      refused('InvalidMatrix', /capacity\.fallback = "spot": "g5\.16xlarge" has 64 vCPUs, and the account may run 63/),
    );
    expect([...regions]).toEqual(['eu-west-1']);
  });

  it('is generated by what "auto" means here', async () => {
    const world = new World();
    world.autoGenerator = 'genai-perf';
    await world.expand();
    expect((await world.plan()).generator).toBe('genai-perf');
    expect(await world.deployments()).toMatchObject([{ generator: 'genai-perf' }, { generator: 'genai-perf' }]);
  });

  it('is refused where the load generators have no quota, whatever the GPUs have: by its name, with nothing left', async () => {
    const world = new World();
    world.quotas.vcpuLimit = async ({ instanceType }) => (instanceType === 'c7i.4xlarge' ? 31 : 1000);
    await expect(world.expand()).rejects.toEqual(
      refused('InvalidMatrix', /at least 32 \(Service Quotas, L-1216C47A\)/),
    );
    expect(await keysOf(world.store)).toEqual([]);
    world.quotas.vcpuLimit = async ({ instanceType }) => (instanceType === 'c7i.4xlarge' ? 32 : 1000);
    expect(await world.expand()).toMatchObject({ maxConcurrency: 1, deploymentCount: 2 });
  });
});

describe('what is refused leaves nothing behind', () => {
  const nothing = async (world: World) => expect(await keysOf(world.store)).toEqual([]);

  it('a matrix with mistakes, all of them told', async () => {
    const world = new World();
    const matrix = { ...MATRIX, matrix: { instanceType: ['g5.9xlarge'], concurrency: [0] } };
    await expect(world.expand({ matrix })).rejects.toEqual(refused('InvalidMatrix', /instanceType[\s\S]*concurrency/));
    await expect(world.expand({ matrix: {} })).rejects.toEqual(refused('InvalidMatrix', /matrix/));
    await nothing(world);
  });

  it('a run id that is none', async () => {
    const world = new World();
    await expect(world.expand({ requestedRun: 'Not An Id' })).rejects.toEqual(
      refused('InvalidMatrix', /run = "Not An Id"/),
    );
    await nothing(world);
  });

  it('a budget that is too small: by the number', async () => {
    const world = new World();
    const output = await world.expand({ matrix: { ...MATRIX, budgetUsd: 0.5 } });
    expect(output).toMatchObject({ withinBudget: false, budgetUsd: 0.5, deploymentCount: 0 });
    expect(output.estimateUsd).toBeGreaterThan(0.5);
    await nothing(world);
  });

  it('a price that is not to be had, with its path', async () => {
    const world = new World();
    const known = world.prices.quote;
    Object.assign(world, {
      prices: {
        quote: async (request: Parameters<typeof known>[0]) => {
          if (request.instanceType === 'g5.16xlarge') throw new UnknownPriceError('two prices');
          return known(request);
        },
      },
    });
    await expect(world.expand()).rejects.toEqual(
      refused('InvalidMatrix', /matrix\.instanceType\[1\][\s\S]*no price is known/),
    );
    await nothing(world);
  });

  it('a price list that does not answer is no mistake of the matrix', async () => {
    const world = new World();
    const down = async () => {
      throw new Error('503');
    };
    Object.assign(world, { prices: { quote: down } });
    await expect(world.expand()).rejects.toThrow('503');
    await nothing(world);
  });
});
