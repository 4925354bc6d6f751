import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { instance } from '../fakes/cluster.ts';
import { deploy, ends } from '../fakes/deployed.ts';
import { keysOf, watched } from '../fakes/stores.ts';
import { MATRIX, RUN, SECOND, World } from '../fakes/world.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const sweep = (request: unknown = {}) => janitor(world)(request);
const pools = () => world.cluster.names('NodePool');
const lease = async () => (await readLease(world.store, RUN))!.lease;
/** Past every deadline of the run, and past what a release may take on top. */
const muchLater = () => world.clock.forward(3 * 24 * 3600);

describe('a run whose execution is gone', () => {
  it('is let go of, asked again until nothing is left', async () => {
    const { pool } = deploy(world, deployments[0]!);
    world.running.clear();
    expect(await sweep()).toMatchObject({
      done: false,
      remaining: [{ run: RUN, why: expect.stringContaining('drained') }],
    });
    expect(pools()).toEqual([]);
    ends(world, pool);
    expect(await sweep()).toMatchObject({ done: true, remaining: [] });
    expect((await lease()).releasedAt).toBe(world.clock.iso);
    expect(await sweep()).toMatchObject({ done: true, metrics: { NodesPastDeadline: 0, FailedReleases: 0 } });
  });

  it('is counted when its release fails, and does not keep the janitor from the others', async () => {
    world.running.clear();
    deploy(world, deployments[0]!);
    world.cluster.fault = (call) => {
      if (call.startsWith('delete NodePool')) throw new Error('denied');
    };
    const swept = await sweep();
    expect(swept.metrics.FailedReleases).toBe(1);
    expect(swept.remaining).toEqual([{ run: RUN, why: 'ReleaseRun: denied' }]);
    expect(swept.clusters).toHaveLength(1);
  });

  it('is not passed over because another lease cannot be read', async () => {
    world.running.clear();
    await world.store.put('runs/broken/lease.json', '{"schema_version": 9}');
    const swept = await sweep();
    expect(swept.remaining.map(({ run }) => run)).toEqual(['broken']);
    expect((await lease()).releasedAt).not.toBeNull();
  });
});

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
    for (let n = 0; n < runs; n++) {
      const lease = { ...OTHER, run: `old-${n}`, releasedAt: '2026-07-01T11:00:00.000Z' };
      await world.store.put(`runs/old-${n}/lease.json`, JSON.stringify(lease));
    }
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
    await world.store.put(
      'runs/old/lease.json',
      JSON.stringify({ ...OTHER, run: 'old', cluster: 'another', releasedAt: 'then' }),
    );
    for (let n = 0; n < 2; n++) {
      expect((await sweep()).clusters.map(({ cluster }) => cluster).sort()).toEqual(['another', 'bench']);
    }
  });
});

it('takes away the rights of an admin that a killed call has left, wherever runs have worked, and whatever else fails', async () => {
  world = new World();
  await world.store.put('leases/clusters/bench.json', '{}');
  const asked: string[] = [];
  world.clusters.endLeftAdmin = async (...names: string[]) => names.every((name) => asked.push(name) > 0);
  world.cluster.fault = () => {
    throw new Error('401');
  };
  expect((await sweep()).clusters).toMatchObject([{ adminEnded: true, errors: ['401'] }]);
  expect(asked).toEqual(['bench']);
  world.clusters.endLeftAdmin = () => Promise.reject(new Error('denied'));
  expect((await sweep()).clusters).toMatchObject([{ adminEnded: false, errors: ['denied', '401'] }]);
});

it('does not take for nothing what EC2 does not say', async () => {
  world = new World();
  await world.store.put('leases/clusters/bench.json', '{}');
  world.clusters.instances = () => Promise.reject(new Error('throttled'));
  const { done, clusters, metrics } = await sweep();
  expect([done, clusters]).toEqual([false, [expect.objectContaining({ asked: false, errors: ['throttled'] })]]);
  expect(metrics).toEqual({ FailedReleases: 0 });
});

it('deletes the cluster of a run that was to take it along, though its plan is gone', async () => {
  world = await World.planned({ ...MATRIX, cluster: { name: 'bench', ephemeral: true } });
  await world.store.delete(`runs/${RUN}/plan.json`);
  world.running.clear();
  await sweep({ run: RUN });
  expect(world.clusters.deleted).toEqual(['bench']);
});

describe('a cluster that should have gone with its run', () => {
  const ended = { releasedAt: '2026-07-01T11:00:00.000Z', cluster: 'bench' };
  const keep = (changes: object) =>
    world.store.put('runs/old/lease.json', JSON.stringify({ ...OTHER, ...ended, ...changes }));
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
        await world.store.put(
          'runs/later/lease.json',
          JSON.stringify({ ...OTHER, ...ended, run: 'later', releasedAt: '2026-07-02T11:00:00.000Z' }),
        );
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

describe('the dashboard', () => {
  it('has a run whose execution was gone, once', async () => {
    const { pool } = deploy(world, deployments[0]!);
    world.running.clear();
    expect((await sweep()).metrics).toEqual({ NodesPastDeadline: 0, FailedReleases: 0 });
    ends(world, pool);
    const { metrics } = await sweep();
    expect(metrics).toMatchObject({ RunsEnded: 1, RunsFailed: 1, CellsMeasured: 0, NodesPastDeadline: 0 });
    expect(metrics.Dollars).toBeGreaterThan(0);
    expect(metrics.GpuHours).toBeGreaterThan(0);
    expect((await sweep({ run: RUN })).metrics).toEqual({ NodesPastDeadline: 0, FailedReleases: 0 });
  });
});

describe('a run whose execution is alive', () => {
  it('is left alone by the schedule, and told to a person', async () => {
    deploy(world, deployments[0]!);
    expect(await sweep()).toMatchObject({ done: true, remaining: [] });
    for (const request of [{ run: RUN }, { all: true }]) {
      expect(await sweep(request)).toMatchObject({ done: false, remaining: [{ run: RUN }] });
    }
    expect(pools()).toHaveLength(1);
  });

  it('is left alone, and told, when nobody can say whether it lives', async () => {
    deploy(world, deployments[0]!);
    const broken = {
      ...world,
      connect: world.connect,
      executions: { isRunning: () => Promise.reject(new Error('throttled')) },
    };
    const swept = await janitor({ ...broken, store: world.store })({});
    expect(swept.remaining).toEqual([{ run: RUN, why: expect.stringContaining('throttled') }]);
    expect(pools()).toHaveLength(1);
  });

  it('has the time of a release on top of its deadline before its pool is deleted', async () => {
    const { deadline, pool } = deploy(world, deployments[0]!);
    world.clock.forward((Date.parse(deadline) - world.clock.nowMs()) / 1000 + 120);
    expect(await sweep()).toMatchObject({ metrics: { NodesPastDeadline: 1 } });
    expect(pools()).toEqual([pool]);
    world.clock.forward(750);
    await sweep();
    expect(pools()).toEqual([]);
  });
});

describe('nodes that no lease tells of', () => {
  it('go when their deadline has passed, workload first', async () => {
    deploy(world, deployments[0]!);
    await world.store.delete(`runs/${RUN}/lease.json`);
    await world.store.put(
      'runs/other/lease.json',
      JSON.stringify({ ...OTHER, releasedAt: '2026-07-01T11:00:00.000Z' }),
    );
    expect(await sweep()).toMatchObject({ done: true });
    expect(pools()).toHaveLength(1);
    muchLater();
    world.cluster.calls.length = 0;
    const swept = await sweep();
    expect(pools()).toEqual([]);
    expect(swept).toMatchObject({ done: false, metrics: { NodesPastDeadline: 1 } });
    const deleted = world.cluster.calls
      .filter((call) => call.startsWith('delete'))
      .map((call) => call.split(/[ /]/)[1]);
    expect(deleted).toEqual(['Job', 'NodePool']);
  });

  it('are not ours without our name', async () => {
    world.running.clear();
    const theirs = { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', metadata: { name: 'general-purpose' } };
    world.cluster.place(theirs);
    world.clusters.instanceList.push(instance('general-purpose', world.clock.iso));
    muchLater();
    expect(await sweep()).toMatchObject({ metrics: { NodesPastDeadline: 0 } });
    expect(pools()).toEqual(['general-purpose']);
  });
});

describe('the last resort', () => {
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
  beforeEach(() => {
    disabled.length = 0;
    reachable = false;
    deploy(world, deployments[0]!);
    world.running.clear();
  });

  it('ends every instance of a cluster of ours that cannot be asked, once a node is far past its deadline', async () => {
    const swept = await janitor(guarded())({});
    expect([disabled, swept.done]).toEqual([[], false]);
    muchLater();
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
    muchLater();
    await janitor(guarded())({});
    expect(disabled).toEqual([]);
  });

  it('spares a cluster that another run works on', async () => {
    muchLater();
    world.running.add(SECOND);
    await world.store.put('runs/other/lease.json', JSON.stringify({ ...OTHER, execution: SECOND }));
    await janitor(guarded())({});
    expect(disabled).toEqual([]);
  });
});

describe('what a person asks for', () => {
  it('is one run, and nothing of the others', async () => {
    world.running.clear();
    deploy(world, deployments[0]!);
    await world.store.put('runs/other/lease.json', JSON.stringify(OTHER));
    expect((await sweep({ run: 'other' })).remaining).toEqual([]);
    expect(pools()).toHaveLength(1);
    expect((await sweep({ run: RUN })).remaining).toHaveLength(1);
    expect(pools()).toEqual([]);
  });

  it.each([{ run: 'No Run' }, { run: 7 }, { all: 'yes' }])(
    'is refused where it cannot be meant: %j',
    async (request) => {
      await expect(sweep(request)).rejects.toThrow();
    },
  );
});

const OTHER = {
  schema_version: 1,
  run: 'other',
  execution: 'arn:aws:states:us-east-1:1:execution:sb:gone',
  attempt: 1,
  cluster: 'bench',
  deadline: '2026-07-01T10:00:00.000Z',
  releasedAt: null,
};
