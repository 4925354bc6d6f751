import { expect, test } from 'vitest';
import { loadNodePoolName, loadSlotName } from '#core/cluster/names.ts';
import { freeLoadSlot, holdLoadSlot } from '#lambdas/cluster/load-slot.ts';
import { RUN, World } from '../fakes/world.ts';

test('a place is held once, on the run’s own load pool and in the engine’s zone, and given back', async () => {
  const world = await World.planned();
  const [deployment] = await world.deployments();
  const deadline = '2026-07-01T14:00:00.000Z';
  const slot = { run: RUN, attempt: 1, deployment: deployment!, deadline, zone: 'us-east-1c' };
  for (let polls = 0; polls < 3; polls++) await holdLoadSlot(world, slot);

  const name = loadSlotName(RUN, deployment!.id, deadline);
  expect(world.cluster.names('Job')).toEqual([name]);
  const spec = JSON.stringify(world.cluster.objects.get(`Job/stepbench/${name}`)?.spec);
  expect(spec).toContain(loadNodePoolName(RUN, (await world.plan()).deadline));
  expect(spec).toContain('us-east-1c');

  await freeLoadSlot(world.cluster, slot);
  await freeLoadSlot(world.cluster, slot);
  expect(world.cluster.names('Job')).toEqual([]);
});
