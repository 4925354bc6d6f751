import { beforeEach, describe, expect, it } from 'vitest';
import { janitor } from '#lambdas/janitor/task.ts';
import { instance } from '../fakes/cluster.ts';
import { MATRIX, RUN, World } from '../fakes/world.ts';
import { addLease, RELEASED } from './leases.ts';

let world: World;

const sweep = (request: unknown = {}) => janitor(world)(request);

it('deletes the cluster of a run that was to take it along, though its plan is gone', async () => {
  world = await World.planned({ ...MATRIX, cluster: { name: 'bench', ephemeral: true } });
  await world.store.delete(`runs/${RUN}/plan.json`);
  world.running.clear();
  await sweep({ run: RUN });
  expect(world.clusters.deleted).toEqual(['bench']);
});

describe('a cluster that should have gone with its run', () => {
  const keep = (changes: object) => addLease(world, { ...RELEASED, run: 'old', ...changes });
  beforeEach(() => {
    world = new World();
  });

  it('is deleted within a day: it was being made when the release looked, or the release died', async () => {
    await keep({ ephemeral: true });
    expect((await sweep()).clusters).toMatchObject([{ cluster: 'bench', deleted: ['Cluster/bench'] }]);
    expect(world.clusters.deleted).toEqual(['bench']);
    world.clock.forward(24 * 3600);
    await sweep();
    expect(world.clusters.deleted).toEqual(['bench']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['was to stay', () => keep({})],
    [
      'has a node',
      async () => {
        await keep({ ephemeral: true });
        world.clusters.instanceList.push(instance('general-purpose', world.clock.iso));
      },
    ],
    [
      'is of somebody else',
      async () => {
        await keep({ ephemeral: true });
        world.clusters.cluster = { ...world.clusters.cluster!, ours: false };
      },
    ],
    [
      'was last used by a run that keeps it',
      async () => {
        await keep({ ephemeral: true });
        await addLease(world, { run: 'later', releasedAt: '2026-07-02T11:00:00.000Z' });
      },
    ],
    [
      'has a run on it',
      async () => {
        await keep({ ephemeral: true });
        await world.expand();
      },
    ],
    [
      'was last used by a run of another version, which may have wanted it to stay',
      async () => {
        await keep({ ephemeral: true });
        const other = { schema_version: 9, execution: 'x', cluster: 'bench', releasedAt: '2026-07-02T11:00:00.000Z' };
        await world.store.put('runs/newer/lease.json', JSON.stringify(other));
      },
    ],
    [
      'has a run on it that died and cannot be let go of yet',
      async () => {
        await keep({ ephemeral: true });
        await world.expand();
        world.running.clear();
        world.cluster.fault = () => {
          throw new Error('503');
        };
      },
    ],
    [
      'has a run on it that began while the janitor looked',
      async () => {
        await keep({ ephemeral: true });
        world.clusters.instances = async () => {
          await world.expand();
          return [];
        };
      },
    ],
    [
      'may have a run on it whose lease says nothing',
      async () => {
        await keep({ ephemeral: true });
        await world.store.put('runs/broken/lease.json', '{}');
      },
    ],
    [
      'is still being made',
      async () => {
        await keep({ ephemeral: true });
        world.clusters.cluster = { ...world.clusters.cluster!, status: 'CREATING' };
      },
    ],
  ])('stands where it %s', async (_why, change) => {
    await change();
    await sweep();
    expect(world.clusters.deleted).toEqual([]);
  });
});
