import { beforeEach, describe, expect, it } from 'vitest';
import { janitor } from '#lambdas/janitor/task.ts';
import { deploy } from '../fakes/deployed.ts';
import { SECOND, World } from '../fakes/world.ts';
import { addLease, PAST_EVERY_DEADLINE_SECONDS } from './leases.ts';

describe('the last resort', () => {
  let world: World;
  const disabled: string[] = [];
  let reachable: boolean;
  const guarded = () => ({
    ...{ clock: world.clock, store: world.store, executions: world.executions },
    connect: async () => {
      if (!reachable) throw new Error('no route to host');
      return world.cluster;
    },
    clusters: Object.assign(world.clusters, { disableCompute: async (name: string) => void disabled.push(name) }),
  });
  beforeEach(async () => {
    world = await World.planned();
    disabled.length = 0;
    reachable = false;
    deploy(world, (await world.deployments())[0]!);
    world.running.clear();
  });

  it('ends every instance of a cluster of ours that cannot be asked, once a node is far past its deadline', async () => {
    const swept = await janitor(guarded())({});
    expect([disabled, swept.done]).toEqual([[], false]);
    world.clock.forward(PAST_EVERY_DEADLINE_SECONDS);
    expect(await janitor(guarded())({})).toMatchObject({ done: false, clusters: [{ disabled: true }] });
    expect(disabled).toEqual(['bench']);
  });

  it.each<[string, () => void]>([
    [
      'of somebody else',
      () => {
        world.clusters.cluster = { ...world.clusters.cluster!, ours: false };
      },
    ],
    [
      'that answers',
      () => {
        reachable = true;
      },
    ],
    [
      'that is being changed',
      () => {
        world.clusters.cluster = { ...world.clusters.cluster!, status: 'UPDATING' };
      },
    ],
    [
      'whose nodes are gone',
      () => {
        world.clusters.instanceList = [];
      },
    ],
  ])('spares a cluster %s', async (_which, change) => {
    change();
    world.clock.forward(PAST_EVERY_DEADLINE_SECONDS);
    await janitor(guarded())({});
    expect(disabled).toEqual([]);
  });

  it('spares a cluster that another run works on', async () => {
    world.clock.forward(PAST_EVERY_DEADLINE_SECONDS);
    world.running.add(SECOND);
    await addLease(world, { execution: SECOND });
    await janitor(guarded())({});
    expect(disabled).toEqual([]);
  });
});
