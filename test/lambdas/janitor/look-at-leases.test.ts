import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { deploy } from '../fakes/deployed.ts';
import { keysOf, watched } from '../fakes/stores.ts';
import { RUN, World } from '../fakes/world.ts';
import { addLease, RELEASED } from './leases.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const sweep = () => janitor(world)({});
const pools = () => world.cluster.names('NodePool');
const lease = async () => (await readLease(world.store, RUN))!.lease;

describe('sweeps', () => {
  /** Keys that a sweep reads, and folders that it lists. */
  const asked = async (): Promise<string[]> => {
    const keys: string[] = [];
    const plain = world.store;
    const folders = (prefix: string) => {
      keys.push(`folders ${prefix}`);
      return plain.folders(prefix);
    };
    world.store = { ...watched(plain, (operation, key) => void keys.push(`${operation} ${key}`)), folders };
    await sweep();
    world.store = plain;
    return keys;
  };
  const keep = async (runs: number) => {
    for (let n = 0; n < runs; n++) await addLease(world, { ...RELEASED, run: `old-${n}` });
  };

  it('read the leases that are open, however many runs are kept; all of them once a day', async () => {
    await keep(50);
    expect(await asked()).toContain('get runs/old-49/lease.json');
    expect(await asked()).toEqual(['list leases/', `get runs/${RUN}/lease.json`]);
    world.clock.forward(24 * 3600);
    expect(await asked()).toContain('folders runs/');
    expect(await asked()).not.toContain('folders runs/');
  });

  it('read nothing but the index once every run has ended', async () => {
    world.running.clear();
    await sweep();
    expect((await lease()).releasedAt).not.toBeNull();
    expect(await asked()).toEqual(['list leases/']);
    expect(await keysOf(world.store, 'leases/open/')).toEqual([]);
  });

  it('find a run within a day whose entry in the index somebody has deleted', async () => {
    await sweep();
    await world.store.delete(`leases/open/${RUN}.1.json`);
    world.running.clear();
    deploy(world, deployments[0]!);
    await sweep();
    expect(pools()).toHaveLength(1);
    world.clock.forward(24 * 3600);
    await sweep();
    expect(pools()).toEqual([]);
  });

  it('look at every cluster on which a run has ever worked', async () => {
    await addLease(world, { run: 'old', cluster: 'another', releasedAt: 'then' });
    for (let n = 0; n < 2; n++) {
      expect((await sweep()).clusters.map(({ cluster }) => cluster).sort()).toEqual(['another', 'bench']);
    }
  });
});
