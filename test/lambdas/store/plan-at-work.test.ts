import { expect, test } from 'vitest';
import { planAtWork } from '#lambdas/store/plan-at-work.ts';
import { watched } from '#test/lambdas/fakes/stores.ts';
import { RUN, World } from '#test/lambdas/fakes/world.ts';

/** A world whose reads of plans are counted. */
async function counting() {
  const world = await World.planned();
  let reads = 0;
  world.store = watched(world.store, (operation, key) => {
    if (operation === 'get' && key.endsWith('/plan.json')) reads += 1;
  });
  return { world, reads: () => reads };
}

test('a plan is read once, however often it is asked for', async () => {
  const { world, reads } = await counting();
  const plan = await planAtWork(world.store, RUN);
  for (let time = 0; time < 5; time += 1) expect(await planAtWork(world.store, RUN)).toEqual(plan);
  expect(reads()).toBe(1);
});

test.each([0, 3600])('the plan of an execution that has taken the run over is another one, %i s later', async (s) => {
  const { world } = await counting();
  expect((await planAtWork(world.store, RUN)).attempt).toBe(1);
  world.clock.forward(s);
  await world.resume();
  expect(await planAtWork(world.store, RUN)).toEqual(await world.plan());
  expect((await planAtWork(world.store, RUN)).attempt).toBe(2);
});

test('a run of the same name that came after one that was deleted has its own', async () => {
  const { world } = await counting();
  const before = await planAtWork(world.store, RUN);
  for (const kind of ['plan', 'lease']) await world.store.delete(`runs/${RUN}/${kind}.json`);
  world.clock.forward(3600);
  await world.expand();
  const after = await planAtWork(world.store, RUN);
  expect(after.attempt).toBe(before.attempt);
  expect(after.startedAt).not.toBe(before.startedAt);
});

test('runs side by side each have their own', async () => {
  const { world } = await counting();
  await world.expand({ requestedRun: 'other', execution: 'other-execution' });
  for (const run of [RUN, 'other', RUN]) expect((await planAtWork(world.store, run)).run).toBe(run);
});
