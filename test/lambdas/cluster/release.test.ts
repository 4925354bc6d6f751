import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { type ReleaseRequest, releaseDeployment } from '#lambdas/cluster/release.ts';
import { findRecord } from '#lambdas/store/deployment-record.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { deploy, ends, ranLoad } from '../fakes/deployed.ts';
import { failed, measured } from '../fakes/rows.ts';
import { breaksOnce, fullDisk, interleaved, watched } from '../fakes/stores.ts';
import { MATRIX, RUN, World } from '../fakes/world.ts';

let world: World;
let deployment: PlannedDeployment;
let deployed: ReturnType<typeof deploy>;

beforeEach(async () => {
  world = await World.planned();
  deployment = (await world.deployments())[0]!;
  deployed = deploy(world, deployment);
});

const request = (changes: Partial<ReleaseRequest> = {}): ReleaseRequest => ({
  run: RUN,
  attempt: 1,
  clusterName: 'bench',
  deployment: deployment.id,
  deadline: deployed.deadline,
  nodePool: deployed.pool,
  node: null,
  failure: null,
  ...changes,
});
const release = (changes: Partial<ReleaseRequest> = {}) => releaseDeployment(world, request(changes));
const record = async (attempt = 1) =>
  (await findRecord(world.store, { run: RUN, deployment: deployment.id, attempt }))?.row;

describe('letting go of a deployment', () => {
  it('records what the node did, deletes workload and then pool, and is done when all is gone', async () => {
    await recordRow(world.store, measured(deployment, { cell: 0 }));
    await recordRow(world.store, failed(deployment, { cell: 1, error: 'DeadlinePassed' }));
    ranLoad(world, deployment, deployed.deadline, 100);
    world.cluster.lingering.add('NodePool');
    expect(await release()).toBe(false);
    expect(world.cluster.names('Job')).toEqual([]);
    expect(world.cluster.names('Service')).toEqual([]);
    const deletions = world.cluster.calls.filter((call) => call.startsWith('delete'));
    expect(deletions.map((call) => call.split(/[ /]/)[1])).toEqual(['Job', 'Service', 'NodePool']);
    expect(await record()).toMatchObject({
      status: 'PARTIAL',
      ...{ launch_s: 60, pull_s: 120, load_s: 120, measure_s: 100, idle_s: 140, release_s: 0, node_s: 540 },
      ...{ zone: 'us-east-1b', capacity_type: 'on-demand', engine_version: 'v9', released_at: null },
      ...{ cells_asked: 2, cells_valid: 1, cells_failed: 1, cells_cut: 1 },
    });

    world.clock.forward(45);
    expect(await release()).toBe(false);
    ends(world, deployed.pool);
    world.clock.forward(15);
    expect(await release()).toBe(true);
    expect(await record()).toMatchObject({ release_s: 60, node_s: 600, released_at: world.clock.iso });
    const done = await record();
    world.clock.forward(3600);
    expect(await release()).toBe(true);
    expect(await record()).toEqual(done);
  });

  it('is not done while an instance shuts down that Kubernetes has forgotten', async () => {
    expect(await release()).toBe(false);
    expect(world.cluster.names('NodePool')).toEqual([]);
    world.clusters.instanceList = [];
    expect(await release()).toBe(true);
  });

  it('twice at once leaves one record, complete, of the node as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const twice = await World.planned();
        const [first] = await twice.deployments();
        const { deadline, pool } = deploy(twice, first!);
        const plain = twice.store;
        twice.store = interleaved(plain, scheduler);
        const ask = { run: RUN, attempt: 1, clusterName: 'bench', deployment: first!.id, deadline, nodePool: pool };
        const call = () => releaseDeployment(twice, { ...ask, node: null, failure: null });
        await scheduler.waitFor(Promise.all([call(), call()]));
        ends(twice, pool);
        twice.clock.forward(30);
        expect(await scheduler.waitFor(Promise.all([call(), call()]))).toEqual([true, true]);
        const { row } = (await findRecord(plain, { run: RUN, deployment: first!.id, attempt: 1 }))!;
        expect(row).toMatchObject({
          launch_s: 60,
          pull_s: 120,
          load_s: 120,
          release_s: 30,
          released_at: twice.clock.iso,
        });
      }),
      { numRuns: 25 },
    );
  });

  it('leaves what another execution of the run made of the same deployment', async () => {
    world.clock.forward(60);
    const other = deploy(world, deployment);
    ranLoad(world, deployment, other.deadline, 50);
    await release();
    expect(world.cluster.names('Job')).toEqual([other.job]);
    expect(world.cluster.names('Service')).toEqual([other.job]);
    expect(world.cluster.names('NodePool')).toEqual([other.pool]);
    expect((await record())?.measure_s).toBe(0);
  });
});

describe('a node goes, whatever breaks', () => {
  const gone = () => expect([...world.cluster.names('Job'), ...world.cluster.names('NodePool')]).toEqual([]);

  it('when its record is not written at once: the same call tries again', async () => {
    world.store = breaksOnce(world.store, 1);
    expect(await release()).toBe(false);
    gone();
    expect(await record()).toMatchObject({ launch_s: 60, pull_s: 120, load_s: 120 });
  });

  it('when its record cannot be written: the next call does that, while the instance still tells of itself', async () => {
    const free = world.store;
    world.store = watched(free, fullDisk);
    expect(await release()).toBe(false);
    gone();
    world.store = free;
    expect(await release()).toBe(false);
    expect(await record()).toMatchObject({ node_s: 540 });
    ends(world, deployed.pool);
    expect(await release()).toBe(true);
  });

  it('when its record can never be written: gone is gone', async () => {
    world.store = watched(world.store, fullDisk);
    await release();
    gone();
    ends(world, deployed.pool);
    expect(await release()).toBe(true);
  });

  it('when only its end cannot be written', async () => {
    await release();
    world.store = watched(world.store, fullDisk);
    ends(world, deployed.pool);
    expect(await release()).toBe(true);
    expect(await record()).toMatchObject({ node_s: 540, released_at: null });
  });

  it('when it was recorded too late to know what it cost', async () => {
    const node = { zone: 'z', capacityType: 'spot', instanceId: 'i-seen', simulated: false, engineVersion: 'v' };
    const free = world.store;
    world.store = watched(free, fullDisk);
    await release({ node });
    world.store = free;
    ends(world, deployed.pool);
    expect(await release({ node })).toBe(true);
    expect(await record()).toMatchObject({ instance_id: 'i-seen', launched_at: null });
  });

  it('when a row of it cannot be read', async () => {
    await world.store.put(`runs/${RUN}/rows/${deployment.cells[0]!.id}.json`, '{"half');
    expect(await release()).toBe(false);
    gone();
    ends(world, deployed.pool);
    expect(await release()).toBe(true);
    expect(await record()).toBeUndefined();
  });

  it('when the cluster cannot say what there was to record', async () => {
    world.cluster.fault = (call) => {
      if (call.startsWith('list Pod')) throw new Error('etcd is slow');
    };
    expect(await release()).toBe(false);
    gone();
  });

  it.each(['delete Job', 'list Job', 'delete Service'])('when the cluster refuses to %s', async (refused) => {
    world.cluster.fault = (call) => {
      if (call.startsWith(refused)) throw new Error('etcd is slow');
    };
    await expect(release()).rejects.toThrow('etcd is slow');
    expect(world.cluster.names('NodePool')).toEqual([]);
  });

  it('when nobody knows its plan any more: then without a record', async () => {
    await world.store.delete(`runs/${RUN}/plan/${deployment.id}.json`);
    ends(world, deployed.pool);
    expect(await release()).toBe(true);
    gone();
    expect(await record()).toBeUndefined();
  });
});

describe('what a node is recorded as', () => {
  it('is what was seen of it while it was well, when the cluster has forgotten', async () => {
    const node = { zone: 'z', capacityType: 'on-demand', instanceId: 'i-seen', simulated: true, engineVersion: 'v8' };
    await release({ node, failure: { error: 'EngineFailed', cause: 'it died' } });
    expect(await record()).toMatchObject({
      ...{ zone: 'z', instance_id: 'i-seen', simulated: true, engine_version: 'v8' },
      ...{ error_name: 'EngineFailed', error_reason: 'it died' },
    });
  });

  it('is, of an instance that never registered, the instance and the capacity type that was asked for last', async () => {
    world = await World.planned({ ...MATRIX, capacity: { fallback: ['spot'] } });
    deployment = (await world.deployments())[0]!;
    deployed = deploy(world, deployment, 1);
    for (const kind of ['Node', 'Pod']) {
      for (const name of world.cluster.names(kind)) world.cluster.objects.delete(`${kind}//${name}`);
    }
    await release();
    expect(await record()).toMatchObject({
      ...{ instance_id: `i-${deployed.pool}`, zone: 'us-east-1b', capacity_type: 'spot' },
      ...{ launch_s: 540, pull_s: 0, price_usd_per_hour: deployment.prices[1]!.priceUsdPerHour },
    });
  });

  it('is nothing where none came, and made anew when one comes after all', async () => {
    const launched = world.clusters.instanceList;
    world.clusters.instanceList = [];
    for (const name of world.cluster.names('Node')) world.cluster.objects.delete(`Node//${name}`);
    await release();
    expect(await record()).toMatchObject({ launched_at: null, node_s: 0, total_usd: 0, price_usd_per_hour: null });
    world.clusters.instanceList = launched;
    world.clock.forward(60);
    expect(await release()).toBe(false);
    expect(await record()).toMatchObject({ node_s: 600, launched_at: launched[0]!.launchedAt });
    expect((await record())?.total_usd).toBeGreaterThan(0);
  });
});
