import { describe, expect, it } from 'vitest';
import { untilIn } from './until.ts';
import { engineManifests, podsOf, virtualCloud } from './virtual-cloud.ts';

const MINUTE_MS = 60_000;

describe('clusters', () => {
  it('take their time to be there, and are made once however often they are asked for', async () => {
    const { clock, cloud } = await virtualCloud();
    const { clusters } = cloud;
    expect(await clusters.describe('new')).toBeUndefined();
    await clusters.create({ name: 'new', version: '1.36' });
    await clusters.create({ name: 'new', version: '1.36' });
    expect(await clusters.describe('new')).toEqual({ name: 'new', version: '1.36', status: 'CREATING', ours: true });
    await expect(cloud.connect('new')).rejects.toMatchObject({ name: 'Retryable' });
    await clock.sleep(10 * MINUTE_MS);
    await clusters.create({ name: 'new', version: '1.36' });
    await clock.sleep(5 * MINUTE_MS);
    await clusters.create({ name: 'new', version: '1.36' });
    expect(await clusters.describe('new')).toMatchObject({ status: 'ACTIVE' });
    await clusters.ensureAccess('new');
    await clusters.ensureAccess('new');
    const cluster = await cloud.connect('new');
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'stepbench' })).toBeDefined();
    await cloud.close();
  });

  it('may fail to be created, with a reason', async () => {
    const { clock, cloud, faults } = await virtualCloud();
    faults.add({ kind: 'cluster-create', reason: 'no addresses left', where: { cluster: 'new' } });
    await cloud.clusters.create({ name: 'new', version: '1.36' });
    await clock.sleep(15 * MINUTE_MS);
    expect(await cloud.clusters.describe('new')).toMatchObject({ status: 'FAILED', reason: 'no addresses left' });
    await cloud.close();
  });

  it("end every instance with them, without Kubernetes' help", async () => {
    for (const way of ['delete', 'disableCompute'] as const) {
      const { clock, cloud, cluster } = await virtualCloud();
      const { pool, job } = engineManifests(clock);
      await cluster.apply(pool);
      await cluster.apply(job);
      await untilIn(clock)(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
      expect(await cloud.clusters.instances({ cluster: 'bench', nodePool: pool.metadata.name })).toHaveLength(1);
      expect(await cloud.clusters.instances({ cluster: 'bench', nodePool: 'other' })).toEqual([]);
      await cloud.clusters[way]('bench');
      expect((await cloud.clusters.instances({ cluster: 'bench' })).map(({ state }) => state)).toEqual([
        'shutting-down',
      ]);
      await clock.sleep(MINUTE_MS);
      expect(await cloud.clusters.instances({ cluster: 'bench' })).toEqual([]);
      // The Job's pod is lost, and nothing launches a node for anything that still comes.
      await cluster.apply(engineManifests(clock, { run: 'late' }).pool);
      await cluster.apply(engineManifests(clock, { run: 'late' }).job);
      await clock.sleep(60 * MINUTE_MS);
      expect(cloud.instanceHistory()).toHaveLength(1);
      const left = await cloud.clusters.describe('bench');
      expect(left?.status).toBe(way === 'delete' ? undefined : 'ACTIVE');
      await cloud.close();
    }
  });

  it('that are not ours are neither deleted nor switched off', async () => {
    const existing = [{ name: 'bench', version: '1.35', ours: false }];
    const { cloud } = await virtualCloud({ existing });
    await expect(cloud.clusters.delete('bench')).rejects.toThrow(/not ours/);
    await expect(cloud.clusters.disableCompute('bench')).rejects.toThrow(/not ours/);
    expect(await cloud.clusters.describe('bench')).toEqual({ ...existing[0], status: 'ACTIVE' });
    await cloud.clusters.delete('nobody');
    await cloud.close();
  });

  it('bill apart: an instance costs from its launch until it is told to end', async () => {
    const { clock, cloud, cluster } = await virtualCloud();
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    const appliedMs = clock.nowMs();
    await clock.sleep(10 * MINUTE_MS);
    await cluster.delete({ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, namespace: 'stepbench' });
    await cluster.delete({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: pool.metadata.name });
    await clock.sleep(10 * MINUTE_MS);
    const [instance] = cloud.instanceHistory();
    expect(instance).toMatchObject({ instanceType: 'g5.12xlarge', capacityType: 'on-demand', state: 'terminated' });
    expect(instance!.launchedAtMs - appliedMs).toBe(1_200);
    expect(instance!.stoppedAtMs! - appliedMs).toBe(10 * MINUTE_MS);
    expect(instance!.terminatedAtMs! - instance!.stoppedAtMs!).toBe(40_000);
    await cloud.close();
  });
});
