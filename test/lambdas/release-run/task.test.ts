import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { releaseRun } from '#lambdas/release-run/task.ts';
import { findRecord, readRecords } from '#lambdas/store/deployment-record.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { instance } from '../fakes/cluster.ts';
import { deploy, deployLoadPool, ends } from '../fakes/deployed.ts';
import { breaksOnce, fullDisk, keysOf, watched } from '../fakes/stores.ts';
import { FIRST, RUN, SECOND, TARGET, World } from '../fakes/world.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const release = async (execution = FIRST, ephemeral = false) =>
  (await releaseRun(world)({ run: RUN, execution, cluster: { ...TARGET, ephemeral } })).status;
const recordOf = async (deployment: string, attempt = 1) =>
  (await findRecord(world.store, { run: RUN, deployment, attempt }))?.row;
const nothingLeft = () =>
  expect(['NodePool', 'Job', 'Service'].flatMap((kind) => world.cluster.names(kind))).toEqual([]);
const released = async () => (await readLease(world.store, RUN))?.lease.releasedAt;

describe('letting go of a run', () => {
  it('finds everything by its labels, and is done when EC2 has nothing left', async () => {
    const pools = [deploy(world, deployments[0]!), deploy(world, deployments[1]!)].map(({ pool }) => pool);
    pools.push(await deployLoadPool(world, 2));
    world.cluster.place({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'stage', namespace: 'stepbench', labels: { 'stepbench.dev/run': RUN } },
    });
    expect(await release()).toBe('pending');
    nothingLeft();
    expect(await released()).toBeNull();
    for (const pool of pools.slice(1)) ends(world, pool);
    expect(await release()).toBe('pending');
    ends(world, pools[0]!);
    expect(await release()).toBe('done');
    expect(await released()).toBe(world.clock.iso);
  });

  it('records when nodes went that nobody saw go, with their pools, between two calls', async () => {
    const { pool } = deploy(world, deployments[0]!);
    const loadPool = await deployLoadPool(world, 2);
    world.cluster.lingering.add('NodePool');
    expect(await release()).toBe('pending');
    world.clock.forward(90);
    for (const one of [pool, loadPool]) ends(world, one);
    expect(await release()).toBe('done');
    expect(await recordOf(deployments[0]!.id)).toMatchObject({ release_s: 90, released_at: world.clock.iso });
    expect(await recordOf('load')).toMatchObject({ release_s: 180, released_at: world.clock.iso });
    expect(await keysOf(world.store, 'results/deployments/')).toHaveLength(2);
  });

  it('leaves other runs alone, also one whose name begins alike', async () => {
    const mine = deploy(world, deployments[0]!);
    const theirs = 'sb-night-2-abcdef012345-abc12';
    for (const [kind, name] of [
      ['NodePool', theirs],
      ['Job', 'engine-night-2'],
    ] as const) {
      const metadata = {
        name,
        namespace: kind === 'Job' ? 'stepbench' : '',
        labels: { 'stepbench.dev/run': 'night-2' },
      };
      world.cluster.place({ apiVersion: 'v1', kind, metadata });
    }
    world.clusters.instanceList.push(instance(theirs, world.clock.iso));
    await release();
    ends(world, mine.pool);
    expect(await release()).toBe('done');
    expect(world.cluster.names('NodePool')).toEqual([theirs]);
    expect(world.cluster.names('Job')).toEqual(['engine-night-2']);
  });

  it('is not stopped by one deployment that cannot be let go of', async () => {
    const bad = deploy(world, deployments[0]!);
    const good = deploy(world, deployments[1]!);
    world.cluster.fault = (call) => {
      if (call === `delete NodePool//${bad.pool}`) throw new Error('webhook');
    };
    await expect(release()).rejects.toThrow('webhook');
    expect(world.cluster.names('NodePool')).toEqual([bad.pool]);
    expect(world.cluster.names('Job')).toEqual([]);
    expect(await recordOf(deployments[1]!.id)).toMatchObject({ launch_s: 60, load_s: 120 });
    world.cluster.fault = () => {};
    for (const { pool } of [bad, good]) ends(world, pool);
    expect(await release()).toBe('done');
  });

  it.each([1, 2, 3, 4])(
    'survives a store that breaks at put %i: nodes go, and the next calls make up for it',
    async (nth) => {
      const { pool } = deploy(world, deployments[0]!);
      const plain = world.store;
      world.store = breaksOnce(plain, nth);
      await release().catch(() => {});
      nothingLeft();
      await release().catch(() => {});
      ends(world, pool);
      await release().catch(() => {});
      expect(await release()).toBe('done');
      expect(await recordOf(deployments[0]!.id)).toMatchObject({ released_at: world.clock.iso });
      expect(await released()).toBe(world.clock.iso);
      expect(await keysOf(plain, 'results/deployments/')).toHaveLength(1);
    },
  );

  it('is done when all is gone, though nothing of it can be written: told once a pool, and by the next call made up for', async () => {
    const { pool } = deploy(world, deployments[0]!);
    const loadPool = await deployLoadPool(world, 1);
    const free = world.store;
    world.store = watched(free, fullDisk);
    const call = () => releaseRun(world)({ run: RUN, execution: FIRST, cluster: TARGET });
    expect(await call()).toEqual({ status: 'pending', warnings: [] });
    nothingLeft();
    ends(world, pool);
    expect(await call()).toEqual({ status: 'pending', warnings: [] });
    ends(world, loadPool);
    expect(await call()).toEqual({
      status: 'done',
      warnings: ['Everything of the run is gone, but that is not recorded: The disk is full. Free some space.'],
    });
    expect(await released()).toBeNull();
    world.store = free;
    expect(await call()).toEqual({ status: 'done', warnings: [] });
    expect(await released()).toBe(world.clock.iso);
  });

  it('is done where nothing bears its name, though the store cannot be read', async () => {
    const { pool } = deploy(world, deployments[0]!);
    const free = world.store;
    world.store = watched(free, () => {
      throw new StepBenchError(ErrorName.StoreDenied, 'No right to read.', { nextStep: 'Give it.' });
    });
    const call = () => releaseRun(world)({ run: RUN, execution: FIRST, cluster: TARGET });
    // Whose nodes they are is not known: another execution may work on the run.
    await expect(call()).rejects.toMatchObject({ name: 'StoreDenied' });
    expect(world.cluster.names('NodePool')).toEqual([pool]);
    world.store = free;
    await call();
    world.store = watched(free, () => {
      throw new StepBenchError(ErrorName.StoreDenied, 'No right to read.', { nextStep: 'Give it.' });
    });
    await expect(call()).rejects.toMatchObject({ name: 'StoreDenied' });
    ends(world, pool);
    const warnings = [expect.stringMatching(/is gone, but .* cannot be read: No right to read. Give it./)];
    expect(await call()).toEqual({ status: 'done', warnings });
    // Whether others live on a cluster that is to go is not known either.
    const ephemeral = releaseRun(world)({ run: RUN, execution: FIRST, cluster: { ...TARGET, ephemeral: true } });
    await expect(ephemeral).rejects.toMatchObject({ name: 'StoreDenied' });
  });

  it('is not done while a claim is left that has not launched its instance yet', async () => {
    const metadata = { name: 'sb-night-d-abc12-x', labels: { 'stepbench.dev/run': RUN } };
    world.cluster.place({ apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', metadata });
    expect(await release()).toBe('pending');
    world.cluster.objects.clear();
    expect(await release()).toBe('done');
  });

  it('records a node whose pool somebody else deleted, by the name that its instance bears', async () => {
    const { pool } = deploy(world, deployments[0]!);
    world.cluster.objects.clear();
    expect(await release()).toBe('pending');
    expect(await recordOf(deployments[0]!.id)).toMatchObject({ launch_s: 540, instance_id: `i-${pool}` });
    world.clock.forward(30);
    ends(world, pool);
    expect(await release()).toBe('done');
    expect(await recordOf(deployments[0]!.id)).toMatchObject({ node_s: 570, released_at: world.clock.iso });
  });

  it('of a run that was never planned deletes what bears its name', async () => {
    world = new World();
    const metadata = { name: 'sb-night-load-abc12', labels: { 'stepbench.dev/run': RUN } };
    world.cluster.place({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', metadata });
    expect(await release()).toBe('done');
    nothingLeft();
  });
});

describe('the cluster', () => {
  const another = async (run: string) => {
    world.running.add(run);
    await world.expand({ requestedRun: run, execution: run });
  };

  it('stays unless it was to go, is ours, and nobody else’s run lives on it', async () => {
    expect(await release()).toBe('done');
    expect(world.clusters.deleted).toEqual([]);

    world.clusters.cluster = { ...world.clusters.cluster!, ours: false };
    expect(await release(FIRST, true)).toBe('done');
    expect(world.clusters.deleted).toEqual([]);

    world.clusters.cluster = { ...world.clusters.cluster!, ours: true };
    await another('other');
    expect(await release(FIRST, true)).toBe('done');
    expect(world.clusters.deleted).toEqual([]);

    world.running.delete('other');
    expect(await release(FIRST, true)).toBe('done');
    expect(world.clusters.deleted).toEqual(['bench']);
  });

  it('is deleted after its nodes, and once', async () => {
    const { pool } = deploy(world, deployments[0]!);
    expect(await release(FIRST, true)).toBe('pending');
    expect(world.clusters.deleted).toEqual([]);
    ends(world, pool);
    for (let calls = 0; calls < 3; calls++) expect(await release(FIRST, true)).toBe('done');
    expect(world.clusters.deleted).toEqual(['bench']);
  });

  it('that is being made is waited for, when it is to go', async () => {
    world.clusters.cluster = { ...world.clusters.cluster!, status: 'CREATING' };
    expect(await release(FIRST, true)).toBe('pending');
    expect(await release(FIRST, false)).toBe('done');
  });

  it('that failed to come up is deleted: nobody else can reach it either', async () => {
    world.clusters.cluster = { ...world.clusters.cluster!, status: 'FAILED' };
    world.cluster.fault = () => {
      throw new Error('no such host');
    };
    expect(await release(FIRST, true)).toBe('done');
    expect(world.clusters.deleted).toEqual(['bench']);
  });

  it.each(['DELETING', undefined] as const)('that is %s proves nothing: instances are asked for', async (status) => {
    const { pool } = deploy(world, deployments[0]!);
    world.clusters.cluster = status && { ...world.clusters.cluster!, status };
    expect(await release()).toBe('pending');
    expect(await released()).toBeNull();
    ends(world, pool);
    expect(await release()).toBe('done');
  });
});

describe('two runs that end at once on a cluster that is to go', () => {
  it('do not leave it standing, each for the other’s sake', async () => {
    world.running.add(SECOND);
    await world.expand({ requestedRun: 'other', execution: SECOND });
    const ends = (run: string, execution: string) =>
      releaseRun(world)({ run, execution, cluster: { ...TARGET, ephemeral: true } });
    await Promise.all([ends(RUN, FIRST), ends('other', SECOND)]);
    expect(world.clusters.deleted).toContain('bench');
  });
});

it('a cluster that is to go stays for whoever resumes the run in the moment that it is let go of', async () => {
  const free = world.store;
  const resumed = {
    ...free,
    put: async (...put: Parameters<typeof free.put>) => {
      const etag = await free.put(...put);
      if ((await released()) != null) {
        world.store = free;
        await world.resume();
      }
      return etag;
    },
  };
  world.store = resumed;
  expect(await release(FIRST, true)).toBe('done');
  expect(await released()).toBeNull();
  expect(world.clusters.deleted).toEqual([]);
  world.running.clear();
  expect(await release(SECOND, true)).toBe('done');
  expect(world.clusters.deleted).toEqual(['bench']);
});

describe('a run that another execution has taken over', () => {
  it('keeps the nodes of that execution; those from before it go, at the price of theirs', async () => {
    const old = deploy(world, deployments[0]!);
    await world.resume();
    const now = deploy(world, deployments[0]!);
    expect(await release(FIRST, true)).toBe('pending');
    expect(world.cluster.names('NodePool')).toEqual([now.pool]);
    expect(world.cluster.names('Job')).toEqual([now.job]);
    ends(world, old.pool);
    expect(await release(FIRST, true)).toBe('done');
    expect(world.clusters.instanceList.map((one) => one.nodePool)).toEqual([now.pool]);
    expect(await released()).toBeNull();
    expect(world.clusters.deleted).toEqual([]);
    expect((await readRecords(world.store, RUN)).map((row) => row.attempt)).toEqual([1]);
  });

  it('is waited for until it has planned: before that nobody knows whose nodes are whose', async () => {
    deploy(world, deployments[0]!);
    world.running.delete(FIRST);
    world.running.add(SECOND);
    // The lease is announced and taken, and the store breaks before the plan stands.
    const plain = world.store;
    world.store = breaksOnce(plain, 4);
    await expect(world.expand({ execution: SECOND })).rejects.toThrow('the store broke');
    expect(await release()).toBe('pending');
    expect(world.cluster.names('NodePool')).toHaveLength(1);
    world.running.delete(SECOND);
    await release();
    nothingLeft();
  });

  it('pays for what an earlier execution left, in a record of its own', async () => {
    const old = deploy(world, deployments[0]!);
    await world.resume();
    const now = deploy(world, deployments[0]!);
    await release(SECOND);
    world.clock.forward(30);
    for (const { pool } of [old, now]) ends(world, pool);
    expect(await release(SECOND)).toBe('done');
    const [first, second] = [await recordOf(deployments[0]!.id, 1), await recordOf(deployments[0]!.id, 2)];
    expect(first).toMatchObject({ instance_id: `i-${old.pool}`, release_s: 30, node_s: 1170 });
    expect(second).toMatchObject({ instance_id: `i-${now.pool}`, release_s: 30, node_s: 570 });
  });
});
