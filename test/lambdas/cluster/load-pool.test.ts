import { beforeEach, describe, expect, it } from 'vitest';
import { releaseLoadPool } from '#lambdas/cluster/load-pool.ts';
import { findRecord, writeRecord } from '#lambdas/store/deployment-record.ts';
import { deployLoadPool, ends } from '../fakes/deployed.ts';
import { record } from '../fakes/records.ts';
import { fullDisk, watched } from '../fakes/stores.ts';
import { RUN, World } from '../fakes/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.planned();
});

const release = (nodePool: string, attempt = 1) =>
  releaseLoadPool(world, world.cluster, { run: RUN, attempt, clusterName: 'bench', nodePool });
const load = async () => (await findRecord(world.store, { run: RUN, deployment: 'load', attempt: 1 }))?.row;

describe('the nodes of the load generators', () => {
  it('are one record: seconds of each node, the release of each too, with the price of the plan', async () => {
    const pool = await deployLoadPool(world, 3);
    expect(await release(pool)).toBe(false);
    // Launched 3, 2 and 1 minutes ago.
    expect(await load()).toMatchObject({
      ...{ role: 'load', node_s: 360, idle_s: 360, measure_s: 0, instance_id: 'i-load-0,i-load-1,i-load-2' },
      ...{ released_at: null, price_usd_per_hour: (await world.plan()).estimate.loadNodePrice.priceUsdPerHour },
    });
    world.clock.forward(30);
    expect(await release(pool)).toBe(false);
    ends(world, pool);
    expect(await release(pool)).toBe(true);
    const done = (await load())!;
    expect(done).toMatchObject({ release_s: 90, node_s: 450, released_at: world.clock.iso });
    const price = (done.price_usd_per_hour! + done.fee_usd_per_hour!) / 3600;
    expect(done.total_usd).toBeCloseTo(450 * price, 12);
    world.clock.forward(600);
    expect(await release(pool)).toBe(true);
    expect(await load()).toEqual(done);
  });

  it('measured as long as the engines of this execution were loaded, and no longer than they lived', async () => {
    const seconds = { d0: 100, d1: 150 };
    for (const [deployment, measureSeconds] of Object.entries(seconds)) {
      await writeRecord(world.store, record({ deployment, measureSeconds }), undefined);
    }
    await writeRecord(world.store, record({ deployment: 'd0', attempt: 2, measureSeconds: 10_000 }), undefined);
    const pool = await deployLoadPool(world, 3);
    await release(pool);
    ends(world, pool);
    await release(pool);
    expect(await load()).toMatchObject({ measure_s: 250, idle_s: 110, node_s: 360 });
    expect((await load())?.measure_usd).toBeGreaterThan(0);

    world = await World.planned();
    await writeRecord(world.store, record({ measureSeconds: 10_000 }), undefined);
    const small = await deployLoadPool(world, 1);
    await release(small);
    ends(world, small);
    await release(small);
    expect(await load()).toMatchObject({ measure_s: 60, idle_s: 0 });
  });

  it('are no record where none was launched', async () => {
    const pool = await deployLoadPool(world, 0);
    expect(await release(pool)).toBe(true);
    expect(world.cluster.names('NodePool')).toEqual([]);
    expect(await load()).toBeUndefined();
  });

  it('go, whatever their record comes to', async () => {
    const pool = await deployLoadPool(world, 1);
    world.store = watched(world.store, fullDisk);
    expect(await release(pool)).toBe(false);
    expect(world.cluster.names('NodePool')).toEqual([]);
    ends(world, pool);
    expect(await release(pool)).toBe(true);
  });

  it('are gone, though their end cannot be written', async () => {
    const pool = await deployLoadPool(world, 1);
    await release(pool);
    world.store = watched(world.store, fullDisk);
    ends(world, pool);
    expect(await release(pool)).toBe(true);
  });
});
