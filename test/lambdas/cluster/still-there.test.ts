import { beforeEach, describe, expect, it } from 'vitest';
import type { Purchase } from '#core/results/account.ts';
import { goneFrom } from '#lambdas/cluster/still-there.ts';
import { announce } from '#lambdas/store/purchase.ts';
import { deploy, ends } from '../fakes/deployed.ts';
import { purchase } from '../fakes/purchases.ts';
import { MATRIX, RUN, SECOND, World } from '../fakes/world.ts';

let world: World;
let pools: string[];
let purchases: Purchase[];
beforeEach(async () => {
  world = await World.planned();
  const deployed = (await world.deployments()).map((one) => ({ id: one.id, ...deploy(world, one) }));
  pools = deployed.map(({ pool }) => pool);
  purchases = deployed.map(({ id, pool, deadline }) =>
    purchase({ deployment: id, nodePool: pool, askedAt: world.clock.iso, deadline }),
  );
});

const gone = async () => [...(await goneFrom(world)(purchases, 'bench'))].map(({ nodePool }) => nodePool);

describe('nodes of a dead execution', () => {
  it('are gone when neither Kubernetes nor EC2 has anything of their pool', async () => {
    expect(await gone()).toEqual([]);
    ends(world, pools[0]!);
    expect(await gone()).toEqual([pools[0]]);
    ends(world, pools[1]!);
    expect(await gone()).toEqual(pools);
  });

  it('are there while a pool could still launch one', async () => {
    world.clusters.instanceList = [];
    world.cluster.objects.delete(`Node//node-${pools[0]}`);
    expect(await gone()).toEqual([]);
  });

  it('are gone with their cluster once EC2 has no instance of it', async () => {
    world.clusters.cluster = undefined;
    expect(await gone()).toEqual([]);
    world.clusters.instanceList = [];
    expect(await gone()).toEqual(pools);
  });

  it('are there for all that is known while the cluster does not let us in, and what was proven before stays so', async () => {
    for (const pool of pools) ends(world, pool);
    const refusing = { clusters: world.clusters, connect: () => Promise.reject(new Error('Unauthorized')) };
    expect([...(await goneFrom(refusing)(purchases, 'bench'))]).toEqual([]);
    world.cluster.fault = (call) => {
      if (call.includes(pools[1]!)) throw new Error('throttled');
    };
    expect(await gone()).toEqual([pools[0]]);
  });
});

describe('a run that is resumed before the guards were there', () => {
  const resume = async (execution = SECOND) => {
    world.running.clear();
    world.running.add(execution);
    return world.expand({ execution, startedAt: world.clock.iso, matrix: { ...MATRIX, budgetUsd: 60 } });
  };
  beforeEach(async () => {
    for (const one of purchases) await announce(world.store, one);
    world.clock.forward(600);
  });

  it('is planned with what its nodes can have cost until now when the cluster proves them gone, else until their deadline', async () => {
    for (const pool of pools) ends(world, pool);
    world.cluster.fault = () => {
      throw new Error('Forbidden');
    };
    const unproven = await resume();
    expect(unproven).toMatchObject({ withinBudget: true, run: RUN });
    expect((await world.plan()).provenGone).toEqual([]);

    world.cluster.fault = () => {};
    world.running.clear();
    const proven = await resume('arn:aws:states:us-east-1:1:execution:sb:third');
    expect((await world.plan()).provenGone).toEqual([{ attempt: 2, at: world.clock.iso }]);
    expect(proven.spent.reservedUsd).toBeGreaterThan(0);
    expect(proven.spent.reservedUsd).toBeLessThan(unproven.spent.reservedUsd / 2);
  });
});
