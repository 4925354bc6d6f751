import { describe, expect, it } from 'vitest';
import { NOTHING_SPENT, spentUsd } from '#core/plan/spending.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { failed, measured } from '../fakes/rows.ts';
import { breaksOnce, keysOf } from '../fakes/stores.ts';
import { FIRST, MATRIX, RUN, SECOND, World } from '../fakes/world.ts';
import { ended, lease, measureAll, refused, resume, spend } from './executions.ts';

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
    [
      'by another load generator',
      { load: { generator: 'genai-perf' } },
      /load\.generator = "genai-perf": run night was started with "aiperf"/,
    ],
    ['with other loads', { load: { requestsPerConcurrency: 1 } }, /load\.requestsPerConcurrency = 1: .* with 10/],
  ])('is not gone on with %s: its lease goes on naming where its nodes are', async (_, changes, why) => {
    const world = await World.planned();
    await ended(world);
    await expect(resume(world, { ...MATRIX, ...changes })).rejects.toEqual(refused('InvalidMatrix', why));
    expect(await lease(world)).toMatchObject({ execution: FIRST, attempt: 1, cluster: 'bench' });
  });

  it('is not gone on with where "auto" means another load generator, though the matrix is the same', async () => {
    const world = await World.planned();
    await ended(world);
    world.autoGenerator = 'genai-perf';
    const why =
      /load\.generator = "auto": run night was started with "aiperf", and here it would go on with "genai-perf"/;
    await expect(resume(world)).rejects.toEqual(refused('InvalidMatrix', why));
    expect(await lease(world)).toMatchObject({ execution: FIRST, attempt: 1 });
    await resume(world, { ...MATRIX, load: { generator: 'aiperf' } });
    expect(await world.deployments()).toMatchObject([{ generator: 'aiperf' }, { generator: 'aiperf' }]);
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
