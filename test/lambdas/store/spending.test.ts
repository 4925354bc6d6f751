import { beforeEach, describe, expect, it } from 'vitest';
import { stagedKey } from '#core/engines/weights.ts';
import { spentUsd } from '#core/plan/spending.ts';
import type { Purchase } from '#core/results/account.ts';
import { withRelease } from '#core/results/deployment-row.ts';
import { provisionLoadPool } from '#lambdas/provision-load-pool/task.ts';
import { provisionNodePool } from '#lambdas/provision-node-pool/task.ts';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { endLease } from '#lambdas/store/lease.ts';
import { announce, readPurchases } from '#lambdas/store/purchase.ts';
import { readAccount } from '#lambdas/store/spending.ts';
import { deployLoadPool } from '../fakes/deployed.ts';
import { purchase } from '../fakes/purchases.ts';
import { record } from '../fakes/records.ts';
import { breaksOnce } from '../fakes/stores.ts';
import { FIRST, MATRIX, RUN, SECOND, TARGET, World } from '../fakes/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.planned();
});

const account = async (gone: (left: readonly Purchase[]) => readonly Purchase[] = () => []) =>
  (await readAccount(world.store, RUN, world.clock.iso, async (left) => new Set(gone(left))))!;
const resume = async () => {
  world.running.delete(FIRST);
  world.running.add(SECOND);
  return world.expand({ execution: SECOND, startedAt: world.clock.iso });
};

describe('what a run has spent', () => {
  it('is not known of one that was never planned', async () => {
    expect(await readAccount(new World().store, RUN, world.clock.iso)).toBeUndefined();
  });

  it('has the control plane until the release, and not what stands there afterwards', async () => {
    world.clock.forward(3600);
    await endLease(world, RUN, FIRST);
    const { spent } = await account();
    expect(spent).toMatchObject({ nodesUsd: 0, reservedUsd: 0 });
    expect(spent.sharedUsd).toBeGreaterThan(0.1);
    world.clock.forward(100 * 3600);
    expect((await account()).spent).toEqual(spent);
  });

  it('has it until the deadline, when nobody saw it end', async () => {
    const { deadline, startedAt } = await world.plan();
    const seconds = (Date.parse(deadline) - Date.parse(startedAt)) / 1000;
    world.clock.forward(seconds);
    const atDeadline = await account();
    world.clock.forward(100 * 3600);
    expect(await account()).toEqual(atDeadline);
    expect(atDeadline.spent.sharedUsd).toBeGreaterThan((seconds / 3600) * 0.1);
  });

  it('adds up over executions, each of them once', async () => {
    world.clock.forward(3600);
    await endLease(world, RUN, FIRST);
    const first = await account();
    world.clock.forward(3600);
    await resume();
    const second = await account();
    expect(second.lifeUsd - first.lifeUsd).toBeLessThan(0.02);
    world.clock.forward(3600);
    await endLease(world, RUN, SECOND);
    expect((await account()).lifeUsd).toBeCloseTo(2 * first.lifeUsd, 9);
  });

  it('asks whether nodes are there only where no release has proven them gone, and remembers the answer', async () => {
    await announce(world.store, purchase());
    world.clock.forward(900);
    const reserved = async (gone?: Parameters<typeof account>[0]) => (await account(gone)).spent.reservedUsd;
    const most = await reserved();
    const until900 = await reserved((left) => left);
    expect(until900).toBeLessThan(most);
    // The cluster of the fakes has no such pool: ExpandMatrix finds that out.
    await resume();
    world.clock.forward(900);
    expect(await reserved()).toBeCloseTo(until900, 9);
    expect((await world.plan()).spent.reservedUsd).toBeCloseTo(until900, 9);
    await endLease(world, RUN, SECOND);
    expect(await reserved(() => expect.unreachable())).toBeCloseTo(until900, 9);
  });

  it('reserves the worst while a node is left', async () => {
    const nodePool = await deployLoadPool(world, 1);
    await announce(world.store, purchase({ nodePool }));
    const most = (await account()).spent.reservedUsd;
    await resume();
    expect((await world.plan()).spent.reservedUsd).toBeCloseTo(most, 9);
  });

  it('reserves nothing for a node whose record has its whole life', async () => {
    await announce(world.store, purchase());
    await writeRecord(world.store, withRelease(record(), world.clock.iso), undefined);
    await endLease(world, RUN, FIRST);
    const { spent } = await account();
    expect(spent).toMatchObject({ nodesUsd: record().total_usd, reservedUsd: 0 });
    expect(spentUsd(spent)).toBeCloseTo(record().total_usd + 0.45 + (await account()).lifeUsd, 9);
  });
});

describe('what may be bought is announced', () => {
  const nodePool = async (capacity = 0) => {
    const { id, maxSeconds } = (await world.deployments())[0]!;
    const deploymentDeadline = new Date(world.clock.nowMs() + maxSeconds * 1000).toISOString();
    const input = { run: RUN, cluster: TARGET, deployment: id, attempt: 1, deploymentDeadline, capacity };
    return provisionNodePool(world)(input);
  };
  const loadPool = async () =>
    provisionLoadPool(world)({ run: RUN, cluster: TARGET, deadline: (await world.plan()).deadline });

  it('before a GPU can be, at its dearest price and with its image', async () => {
    world = await World.planned({ ...MATRIX, capacity: { fallback: ['spot'] } });
    const pool = await nodePool();
    // The pool of the fakes cannot be changed; what is announced is.
    await expect(nodePool(1)).rejects.toThrow(/would change/);
    const [one, ...more] = await readPurchases(world.store, RUN);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ ...pool, attempt: 1, nodes: 1, askedAt: world.clock.iso });
    const prices = (await world.deployments())[0]!.prices.map((price) => price.priceUsdPerHour);
    expect(one?.price.priceUsdPerHour).toBe(Math.max(...prices));
  });

  it('before load generators can be: as many as may come, and the weights that are not in the bucket', async () => {
    const pool = await loadPool();
    const [one] = await readPurchases(world.store, RUN);
    expect(one).toMatchObject({ ...pool, deployment: 'load', nodes: 3, downloadUsd: expect.closeTo(0.45, 9) });
    expect(one?.stagingUsd).toBeGreaterThan(0.5);
    world = await World.planned();
    await world.store.put(stagedKey(MATRIX.defaults.model), '');
    await loadPool();
    expect((await readPurchases(world.store, RUN))[0]?.stagingUsd).toBe(0);
  });

  it('or is not bought: no pool without its announcement', async () => {
    const whole = world.store;
    for (const provision of [nodePool, loadPool]) {
      world.store = breaksOnce(whole, 1);
      await expect(provision()).rejects.toThrow('the store broke');
      expect(world.cluster.names('NodePool')).toEqual([]);
    }
  });

  it('by nobody whose run was taken over', async () => {
    const { deadline } = await world.plan();
    world.clock.forward(60);
    await resume();
    await expect(provisionLoadPool(world)({ run: RUN, cluster: TARGET, deadline })).rejects.toThrow(/has ended/);
    expect(await readPurchases(world.store, RUN)).toEqual([]);
  });
});
