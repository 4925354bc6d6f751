import { describe, expect, it } from 'vitest';
import { findDeployment, findPlan, readCell, readDeployment, readPlan, writePlan } from '#lambdas/store/plan.ts';
import { json, keysOf, watched } from '../fakes/stores.ts';
import { FIRST, RUN, World } from '../fakes/world.ts';

const missing = (what: RegExp) =>
  expect.objectContaining({
    name: 'SchemaVersion',
    message: expect.stringMatching(what),
    nextStep: expect.any(String),
  });

describe('a stored plan', () => {
  it('has every deployment with its cells, and the items that the map reads', async () => {
    const world = await World.planned();
    const plan = await readPlan(world.store, RUN);
    const deployments = await world.deployments();
    expect(deployments.map(({ id }) => id)).toEqual(plan.deploymentIds);
    const items = await json(world.store, `runs/${RUN}/deployments.json`);
    expect(items).toEqual(
      deployments.map(({ id, maxSeconds, holdSeconds, poll, cells }) => ({
        deployment: id,
        maxSeconds,
        holdSeconds,
        ...poll,
        cells: cells.map((cell) => ({ cell: cell.id })),
      })),
    );
    for (const { id, cells } of deployments) {
      expect(plan.cellsOf[id]).toEqual(cells.map((cell) => cell.id));
      expect((await readCell(world.store, RUN, id, cells[1]!.id)).cell).toEqual(cells[1]);
    }
  });

  it('stands only when all the rest does: it is written last', async () => {
    const world = new World();
    const order: string[] = [];
    world.store = watched(world.store, (operation, key) => {
      if (operation === 'put') order.push(key);
    });
    await world.expand();
    expect(order.at(-1)).toBe(`runs/${RUN}/plan.json`);
    expect([...new Set(order.slice(0, -1))].toSorted()).toEqual(
      (await keysOf(world.store)).filter((key) => !key.endsWith('plan.json')).toSorted(),
    );
    expect(order.find((key) => key.startsWith('runs/'))).toBe(`runs/${RUN}/lease.json`);
  });

  it('takes the place of no plan but the one that was read', async () => {
    const world = await World.planned();
    const plan = await world.plan();
    const failed = expect.objectContaining({ name: 'PreconditionFailed' });
    await expect(writePlan(world.store, plan, [], undefined)).rejects.toEqual(failed);
    await expect(writePlan(world.store, plan, [], { plan, etag: 'another' })).rejects.toEqual(failed);
  });

  it('that is not there is undefined to who looks for it, and an error to who needs it', async () => {
    const { store } = new World();
    expect(await findPlan(store, RUN)).toBeUndefined();
    expect(await findDeployment(store, RUN, 'd')).toBeUndefined();
    await expect(readPlan(store, RUN)).rejects.toEqual(missing(/plan of run night/));
    await expect(readDeployment(store, RUN, 'd')).rejects.toEqual(missing(/Deployment d of run night/));
    const world = await World.planned();
    const { deploymentIds } = await world.plan();
    await expect(readCell(world.store, RUN, deploymentIds[0]!, 'c')).rejects.toEqual(missing(/Cell c of deployment/));
  });

  it('of another version is not read', async () => {
    const world = await World.planned();
    await world.store.put(`runs/${RUN}/plan.json`, JSON.stringify({ ...(await world.plan()), schema_version: 2 }));
    await expect(findPlan(world.store, RUN)).rejects.toEqual(missing(/another version/));
    await expect(world.expand({ execution: FIRST })).rejects.toEqual(missing(/another version/));
  });
});
