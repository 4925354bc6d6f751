import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { deploy, ends } from '../fakes/deployed.ts';
import { RUN, World } from '../fakes/world.ts';
import { addLease } from './leases.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const sweep = (request: unknown = {}) => janitor(world)(request);
const pools = () => world.cluster.names('NodePool');
const lease = async () => (await readLease(world.store, RUN))!.lease;

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

describe('what a person asks for', () => {
  it('is one run, and nothing of the others', async () => {
    world.running.clear();
    deploy(world, deployments[0]!);
    await addLease(world);
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
