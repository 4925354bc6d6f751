import { describe, expect, it } from 'vitest';
import { ErrorName } from '#core/workflow/errors.ts';
import { type Maker, make } from '#lambdas/cluster/make.ts';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { endLease } from '#lambdas/store/lease.ts';
import { record } from '../fakes/records.ts';
import { FIRST, RUN, World } from '../fakes/world.ts';

const POOL = { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', metadata: { name: 'sb-night-x-abcde' } };
const ENDED = { name: ErrorName.RunEnded };

async function takenBack(world: World, maker: Maker, apply?: Parameters<typeof make>[3]): Promise<void> {
  await expect(make(world, maker, POOL, apply)).rejects.toMatchObject(ENDED);
  expect(world.cluster.names('NodePool')).toEqual([]);
}

/** Not even for a moment: a NodePool that is there for a second can buy a node. */
async function refused(world: World, maker: Maker): Promise<void> {
  const applied = () => world.cluster.calls.filter((call) => call.startsWith('apply'));
  const before = applied();
  await takenBack(world, maker);
  expect(applied()).toEqual(before);
}

describe('an object is made', () => {
  it('for a run at work, whether it is known by its attempt or by its deadline', async () => {
    const world = await World.planned();
    await make(world, { run: RUN, attempt: 1 }, POOL);
    await make(world, { run: RUN, deadline: (await world.plan()).deadline }, POOL);
    expect(world.cluster.names('NodePool')).toEqual([POOL.metadata.name]);
  });

  it('not for a run that has been released', async () => {
    const world = await World.planned();
    await endLease(world, RUN, FIRST);
    await refused(world, { run: RUN, attempt: 1 });
  });

  it('not for an execution whose run another one has taken over', async () => {
    const world = await World.planned();
    const { deadline } = await world.plan();
    world.clock.forward(60);
    await world.resume();
    await refused(world, { run: RUN, attempt: 1 });
    await refused(world, { run: RUN, deadline });
    await make(world, { run: RUN, attempt: 2 }, POOL);
  });

  it('not for a deployment whose release has begun; its neighbours are none of its business', async () => {
    const world = await World.planned();
    const [released, other] = await world.deployments();
    await writeRecord(world.store, record({ deployment: released!.id }), undefined);
    await refused(world, { run: RUN, attempt: 1, deployment: released!.id });
    await make(world, { run: RUN, attempt: 1, deployment: other!.id }, POOL);
    expect(world.cluster.names('NodePool')).toEqual([POOL.metadata.name]);
  });

  it('and taken back, when the run was released while it was made', async () => {
    const world = await World.planned();
    let made = false;
    await takenBack(world, { run: RUN, attempt: 1 }, async (cluster, object) => {
      await cluster.apply(object);
      made = world.cluster.names('NodePool').length === 1;
      await endLease(world, RUN, FIRST);
    });
    expect(made).toBe(true);
  });
});
