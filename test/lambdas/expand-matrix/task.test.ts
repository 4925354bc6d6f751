import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_SPENT, spentUsd } from '#core/plan/spending.ts';
import { UnknownPriceError } from '#core/workflow/errors.ts';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { endLease, readLease } from '#lambdas/store/lease.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { record } from '../fakes/records.ts';
import { failed, measured } from '../fakes/rows.ts';
import { breaksOnce, interleaved, json, keysOf, watched } from '../fakes/stores.ts';
import { FIRST, MATRIX, RUN, SECOND, World } from '../fakes/world.ts';

const refused = (name: string, message: RegExp) =>
  expect.objectContaining({ name, message: expect.stringMatching(message) });
const lease = async (world: World) => (await readLease(world.store, RUN))?.lease;

/** The first execution has ended, and let go. */
async function ended(world: World): Promise<void> {
  world.running.delete(FIRST);
  world.running.add(SECOND);
  await endLease(world, RUN, FIRST);
  world.clock.forward(3600);
}
const resume = (world: World, matrix: unknown = MATRIX) => world.expand({ execution: SECOND, matrix });
const measureAll = async (world: World) => {
  for (const one of await world.deployments()) {
    for (const cell of [0, 1]) await recordRow(world.store, measured(one, { cell }));
  }
};
/** A node of the first execution that cost so much. */
const spend = (world: World, total_usd: number) => writeRecord(world.store, { ...record(), total_usd }, undefined);

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
    expect(asked.toSorted()).toEqual(['g5.16xlarge on-demand', 'g5.8xlarge on-demand']);
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

describe('a run that is there already', () => {
  it('is refused while the execution that works on it lives, and left as it is', async () => {
    const world = await World.planned();
    const before = await keysOf(world.store);
    const plan = await world.plan();
    await expect(resume(world)).rejects.toEqual(refused('RunAlreadyActive', /night is under way/));
    expect(await keysOf(world.store)).toEqual(before);
    expect(await world.plan()).toEqual(plan);
  });

  it('of another matrix is refused, alive or not, and its lease is not taken', async () => {
    const world = await World.planned();
    await ended(world);
    const other = { ...MATRIX, matrix: { ...MATRIX.matrix, concurrency: [2, 8] } };
    await expect(resume(world, other)).rejects.toEqual(refused('InvalidMatrix', /this run measured another matrix/));
    expect(await lease(world)).toMatchObject({ execution: FIRST, attempt: 1 });
    expect((await world.plan()).attempt).toBe(1);
  });

  it.each([
    [
      'on another cluster',
      { cluster: { name: 'other' } },
      /cluster\.name = "other": run night was started with "bench"/,
    ],
    ['in another region', { region: 'eu-west-1' }, /region = "eu-west-1": run night was started with "us-east-1"/],
    ['with other loads', { load: { requestsPerConcurrency: 1 } }, /load\.requestsPerConcurrency = 1: .* with 10/],
  ])('is not gone on with %s: its lease goes on naming where its nodes are', async (_, changes, why) => {
    const world = await World.planned();
    await ended(world);
    await expect(resume(world, { ...MATRIX, ...changes })).rejects.toEqual(refused('InvalidMatrix', why));
    expect(await lease(world)).toMatchObject({ execution: FIRST, attempt: 1, cluster: 'bench' });
  });

  it('is taken over from an execution that died, with the cells that are not measured, as its second attempt', async () => {
    const world = await World.planned();
    const [one, two] = await world.deployments();
    await recordRow(world.store, measured(one!, { cell: 0 }));
    await recordRow(world.store, measured(one!, { cell: 1, valid: false }));
    await recordRow(world.store, failed(two!, { cell: 0 }));
    const day = (await world.plan()).day;
    world.clock.forward(24 * 3600);
    await world.resume();
    const plan = await world.plan();
    expect(await lease(world)).toMatchObject({
      execution: SECOND,
      attempt: 2,
      deadline: plan.deadline,
      releasedAt: null,
    });
    expect(plan).toMatchObject({ attempt: 2, deploymentIds: [two!.id], day, totalCells: 4, skippedCells: 2 });
    expect((await world.deployments())[0]!.cells.map((cell) => [cell.id, cell.attempt])).toEqual(
      two!.cells.map((cell) => [cell.id, 2]),
    );
    expect(Object.values(plan.cellsOf).flat()).toHaveLength(4);
  });
});

describe('the first start of a run', () => {
  const again = async (world: World) => {
    await ended(world);
    await world.expand({ execution: SECOND, startedAt: world.clock.iso });
  };

  it('stays when the run is resumed', async () => {
    const world = await World.planned();
    const { startedAt, firstStartedAt } = await world.plan();
    expect(firstStartedAt).toBe(startedAt);
    await again(world);
    const plan = await world.plan();
    expect(plan.startedAt).not.toBe(startedAt);
    expect(plan.firstStartedAt).toBe(startedAt);
  });

  it('is the start of a plan that does not say', async () => {
    const world = await World.planned();
    const { firstStartedAt: _, ...older } = await world.plan();
    await world.store.put(`runs/${RUN}/plan.json`, JSON.stringify(older));
    await again(world);
    expect((await world.plan()).firstStartedAt).toBe(older.startedAt);
  });
});

describe('the budget of a resumed run', () => {
  it('is what earlier executions have left of it', async () => {
    const world = await World.planned();
    await spend(world, 4.5);
    await ended(world);
    const output = await resume(world);
    expect(output.withinBudget).toBe(true);
    expect(output.spent).toMatchObject({ nodesUsd: 4.5, reservedUsd: 0 });
    expect(output.spent.sharedUsd).toBeGreaterThan(0);
    expect(output.budgetUsd).toBeCloseTo(15.5 - output.spent.sharedUsd, 9);
    const plan = await world.plan();
    expect(plan).toMatchObject({ spent: output.spent, budgetUsd: output.budgetUsd, wholeBudgetUsd: 20 });
    expect(plan.estimate.worstCaseUsd).toBeLessThanOrEqual(plan.budgetUsd);
  });

  it.each([19.9, 20, 35])(
    'of 20 is not enough when $%d are spent: nothing starts, and nothing is taken',
    async (spent) => {
      const world = await World.planned();
      await spend(world, spent);
      await ended(world);
      const output = await resume(world);
      expect(output.withinBudget).toBe(false);
      expect(output.budgetUsd).toBeCloseTo(Math.max(0, 20 - spentUsd(output.spent)), 9);
      expect(output.spent.nodesUsd).toBe(spent);
      expect(await lease(world)).toMatchObject({ execution: FIRST, attempt: 1 });
      expect((await world.plan()).attempt).toBe(1);
    },
  );

  it('may be raised', async () => {
    const world = await World.planned();
    await spend(world, 35);
    await ended(world);
    const { withinBudget, budgetUsd, spent } = await resume(world, { ...MATRIX, budgetUsd: 50 });
    expect(withinBudget).toBe(true);
    expect(budgetUsd).toBeCloseTo(50 - spentUsd(spent), 9);
  });

  it('does not matter when there is nothing left to measure: answers cost no node', async () => {
    const world = await World.planned();
    await measureAll(world);
    await spend(world, 35);
    await ended(world);
    expect(await resume(world)).toMatchObject({ withinBudget: true, deploymentCount: 0, attempt: 2 });
    expect(await world.plan()).toMatchObject({ deploymentIds: [], skippedCells: 4 });
  });

  it('is not counted twice by a delivery that comes after the first nodes of its own', async () => {
    const world = new World();
    world.store = breaksOnce(world.store, 2);
    await expect(world.expand()).rejects.toThrow('the store broke');
    await spend(world, 1);
    expect(await world.expand()).toMatchObject({ budgetUsd: 20, spent: NOTHING_SPENT });
  });
});
