import { beforeEach, describe, expect, it } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import { readLoadNodes, seeLoadNodes } from '#lambdas/cluster/load-nodes.ts';
import { releaseLoadPool } from '#lambdas/cluster/load-pool.ts';
import { findRecord } from '#lambdas/store/deployment-record.ts';
import { deployLoadPool, ends } from '../fakes/deployed.ts';
import { fullDisk, watched } from '../fakes/stores.ts';
import { RUN, World } from '../fakes/world.ts';

let world: World;
let pool: string;
beforeEach(async () => {
  world = await World.planned();
  pool = await deployLoadPool(world, 1);
});

const claim = (id: string) =>
  world.cluster.place({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: { name: `claim-${id}`, labels: { [Label.nodePool]: pool, [Label.zone]: 'us-east-1b' } },
    status: {
      providerID: `aws:///us-east-1b/${id}`,
      conditions: [{ type: 'Launched', status: 'True', lastTransitionTime: world.clock.iso }],
    },
  });
const look = () => seeLoadNodes(world, world.cluster, RUN);
const nodes = () => readLoadNodes(world.store, { run: RUN, attempt: 1 });
const release = () =>
  releaseLoadPool(world, world.cluster, { run: RUN, attempt: 1, clusterName: 'bench', nodePool: pool });
const load = async () => (await findRecord(world.store, { run: RUN, deployment: 'load', attempt: 1 }))?.row;

describe('nodes of the load generators, as they are seen', () => {
  it('have their launch, and when they were there last', async () => {
    claim('i-early');
    const launchedAt = world.clock.iso;
    await look();
    world.clock.forward(300);
    await look();
    expect(await nodes()).toEqual([{ id: 'i-early', zone: 'us-east-1b', launchedAt, lastSeenAt: world.clock.iso }]);
  });

  it('are in the record when they have gone, as long as an empty node is kept, and are not released twice', async () => {
    claim('i-early');
    await look();
    world.cluster.objects.delete('NodeClaim//claim-i-early');
    world.clock.forward(3600);
    const { keepMinutes } = (await world.plan()).loadPool;
    expect(await release()).toBe(false);
    const before = (await load())!;
    expect(before).toMatchObject({ instance_id: 'i-load-0,i-early', node_s: 3660 + keepMinutes * 60 + 180 });
    world.clock.forward(30);
    ends(world, pool);
    expect(await release()).toBe(true);
    expect(await load()).toMatchObject({ release_s: 30, node_s: before.node_s + 30 });
  });

  it('are recorded though the last of them was gone before anything could be written', async () => {
    claim('i-load-0');
    await look();
    const free = world.store;
    world.store = watched(free, fullDisk);
    await release();
    world.store = free;
    ends(world, pool);
    expect(await release()).toBe(true);
    expect(await load()).toMatchObject({ instance_id: 'i-load-0', released_at: world.clock.iso });
  });

  it('are left to the next look when nothing can be written', async () => {
    claim('i-early');
    const free = world.store;
    world.store = watched(free, fullDisk);
    await look();
    world.store = free;
    expect(await nodes()).toEqual([]);
    await look();
    expect(await nodes()).toHaveLength(1);
  });
});
