import { expect, it } from 'vitest';
import { untilIn } from './until.ts';
import { engineManifests, podsOf, refOf, virtualCloud } from './virtual-cloud.ts';

/** A pool of instances with four GPUs, and engines that want so many of them, one after the other. */
async function withPool(limit = 64) {
  const { clock, cloud, cluster } = await virtualCloud();
  const { pool, job } = engineManifests(clock);
  Object.assign(pool.spec.limits, { 'nvidia.com/gpu': String(limit) });
  await cluster.apply(pool);
  const asked: (typeof job)[] = [];
  return {
    clock,
    cluster,
    cloud,
    ask: async (gpus: number) => {
      const next = structuredClone(job);
      next.metadata.name = `engine-${asked.length}`;
      next.spec.template.spec.containers[0]!.resources.limits = { 'nvidia.com/gpu': String(gpus) };
      await cluster.apply(next);
      asked.push(next);
      // Long enough to be given a place, too short for a node.
      await clock.sleep(5000);
      return next;
    },
    /** How many instances were bought for the pods that are left, once they all run. */
    bought: async () => {
      await untilIn(clock)(async () => {
        const pods = (await Promise.all(asked.map((one) => podsOf(cluster, one)))).flat();
        return pods.every(({ status }) => status.phase === 'Running');
      });
      const { length } = cloud.instanceHistory();
      await cloud.close();
      return length;
    },
  };
}

it('pods that come one by one share the instances that are on their way', async () => {
  const { ask, bought } = await withPool();
  for (const gpus of [2, 2, 2, 1]) await ask(gpus);
  expect(await bought()).toBe(2);
});

it('a pod that goes before its node is there leaves its place to the next', async () => {
  const { ask, bought, cluster } = await withPool();
  await cluster.delete(refOf(await ask(4)));
  await ask(4);
  expect(await bought()).toBe(1);
});

it('a pod that is changed while its node is on its way has its place, and no second one', async () => {
  const { ask, bought, cluster } = await withPool();
  const [pod] = await podsOf(cluster, await ask(4));
  await cluster.apply({ ...pod!, metadata: { ...pod!.metadata, labels: { ...pod!.metadata.labels, seen: 'yes' } } });
  await ask(4);
  expect(await bought()).toBe(2);
});

it('no more is bought than the limit of a pool has for all its instances together', async () => {
  const { ask, cloud, clock } = await withPool(8);
  for (const gpus of [4, 4, 4]) await ask(gpus);
  await clock.sleep(10 * 60_000);
  expect(cloud.instanceHistory()).toHaveLength(2);
  await cloud.close();
});
