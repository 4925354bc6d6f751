import { describe, expect, it } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import { untilIn } from './until.ts';
import { CLUSTER, DEPLOYMENT, ENGINE_IMAGE, engineManifests, podsOf, refOf, virtualCloud } from './virtual-cloud.ts';

const MINUTE_MS = 60_000;
const POOL_GRACE_MS = 10 * MINUTE_MS;

const list = (cluster: Cluster, kind: 'Node' | 'NodeClaim'): Promise<AnyObject[]> =>
  cluster.list({ apiVersion: kind === 'Node' ? 'v1' : 'karpenter.sh/v1', kind });

type Engine = ReturnType<typeof engineManifests>;

/** An engine that runs; `edit` changes its manifests first. */
async function running(edit: (engine: Engine) => void = () => {}) {
  const opened = await virtualCloud();
  const engine = engineManifests(opened.clock, { lifeMs: 6 * 60 * MINUTE_MS });
  edit(engine);
  await opened.cluster.apply(engine.pool);
  await opened.cluster.apply(engine.job);
  const until = untilIn(opened.clock);
  await until(async () => (await podsOf(opened.cluster, engine.job))[0]?.status.phase === 'Running');
  return { ...opened, ...engine, until };
}

/** How long the instance lives on when its pool is deleted while the workload is not. */
async function drainMs(edit: (engine: Engine) => void): Promise<number> {
  const { clock, cluster, cloud, pool } = await running(edit);
  const deletedMs = clock.nowMs();
  await cluster.delete(refOf(pool));
  await clock.sleep(3 * 60 * MINUTE_MS);
  await cloud.close();
  return cloud.instanceHistory()[0]!.stoppedAtMs! - deletedMs;
}

describe('a pool that is deleted before its workload', () => {
  it("waits for an engine that must not be disrupted, until the pool's grace less the pod's", async () => {
    expect(await drainMs(() => {})).toBe(POOL_GRACE_MS - 30_000);
  });

  it('does not wait for a pod that may be disrupted', async () => {
    const isPlain = ({ job }: Engine) => Object.assign(job.spec.template.metadata, { annotations: {} });
    expect(await drainMs(isPlain)).toBe(0);
  });

  it("ends the node when the pool's grace is over, whatever still runs on it", async () => {
    const opened = await virtualCloud();
    opened.faults.add({ kind: 'never-ends' });
    const engine = engineManifests(opened.clock);
    engine.job.spec.template.spec.terminationGracePeriodSeconds = 3600;
    await opened.cluster.apply(engine.pool);
    await opened.cluster.apply(engine.job);
    await untilIn(opened.clock)(async () => (await podsOf(opened.cluster, engine.job))[0]?.status.phase === 'Running');
    const deletedMs = opened.clock.nowMs();
    await opened.cluster.delete(refOf(engine.pool));
    await opened.clock.sleep(60 * MINUTE_MS);
    expect(opened.cloud.instanceHistory()[0]!.stoppedAtMs! - deletedMs).toBe(POOL_GRACE_MS);
    await opened.cloud.close();
  });
});

describe('a node on its way out', () => {
  it('takes no new pod, though it has room: another node is launched', async () => {
    const isHalf = ({ pool, job }: Engine) => {
      Object.assign(pool.spec.limits, { 'nvidia.com/gpu': '16' });
      job.spec.template.spec.containers[0]!.resources.limits = { 'nvidia.com/gpu': '1' };
    };
    const { cluster, cloud, pool, job, until } = await running(isHalf);
    const [claim] = await list(cluster, 'NodeClaim');
    await cluster.delete(refOf(claim!));
    const second = structuredClone(job);
    second.metadata.name = 'second';
    await cluster.apply(second);
    await until(async () => (await podsOf(cluster, second))[0]?.status.phase === 'Running');
    const nodeOf = async (of: Engine['job']) => (await podsOf(cluster, of))[0]?.spec.nodeName;
    expect(await nodeOf(second)).not.toBe(await nodeOf(job));
    expect(await cloud.clusters.instances({ cluster: CLUSTER, nodePool: pool.metadata.name })).toHaveLength(2);
    await cloud.close();
  });
});

describe('a node that is not coming', () => {
  it('is given up after a quarter of an hour, ended, and asked for again', async () => {
    const { clock, cluster, cloud, faults } = await virtualCloud();
    faults.add({ kind: 'slow-node', extraMs: 24 * 60 * MINUTE_MS, times: 1 });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await clock.sleep(14 * MINUTE_MS);
    expect(cloud.instanceHistory()).toHaveLength(1);
    await untilIn(clock)(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    const [first, second] = cloud.instanceHistory();
    expect(first!.stoppedAtMs! - first!.launchedAtMs).toBe(15 * MINUTE_MS - 1_200);
    expect((await list(cluster, 'Node')).map(({ metadata }) => metadata.name)).toEqual([second!.id]);
    await cloud.close();
  });

  it('is asked for at a pace, not in a loop', async () => {
    const { clock, cluster, cloud, faults } = await virtualCloud();
    faults.add({ kind: 'insufficient-capacity' });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await clock.sleep(MINUTE_MS);
    const refused = await cluster.events({ kind: 'NodeClaim', namePrefix: pool.metadata.name });
    // A call of 1.2 s and a pause of 3 s.
    expect(refused).toHaveLength(Math.floor((MINUTE_MS - 1_200) / 4_200) + 1);
    expect((await list(cluster, 'NodeClaim')).length).toBeLessThanOrEqual(1);
    await cloud.close();
  });
});

describe('a node that is empty', () => {
  it("goes after the pool's consolidateAfter, and not while a pod runs", async () => {
    const { clock, cluster, cloud, job } = await running();
    await clock.sleep(60 * MINUTE_MS);
    expect(await list(cluster, 'Node')).toHaveLength(1);
    const emptyMs = clock.nowMs();
    await cluster.delete(refOf(job));
    await clock.sleep(10 * MINUTE_MS);
    expect(cloud.instanceHistory()[0]!.stoppedAtMs! - emptyMs).toBe(2 * MINUTE_MS);
    await cloud.close();
  });

  it('stays where a budget forbids it', async () => {
    const isKept = ({ pool }: Engine) => pool.spec.disruption.budgets.push({ nodes: '0' });
    const { clock, cluster, cloud, job } = await running(isKept);
    await cluster.delete(refOf(job));
    await clock.sleep(60 * MINUTE_MS);
    expect(await list(cluster, 'Node')).toHaveLength(1);
    await cloud.close();
  });
});

describe('a retried Job', () => {
  it('gets pods until one succeeds, each after a longer pause', async () => {
    const { clock, cluster, cloud, faults } = await virtualCloud({
      images: { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 1000 }) } },
    });
    faults.add({ kind: 'crash-at-start', times: 2, where: { deployment: DEPLOYMENT.id } });
    const { pool, job } = engineManifests(clock);
    Object.assign(job.spec, { backoffLimit: 2 });
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(async () => (await cluster.get(refOf(job)))?.status?.succeeded === 1);
    const found = await cluster.get(refOf(job));
    expect(found?.status).toMatchObject({ succeeded: 1, failed: 2, active: 0 });
    const created = (await podsOf(cluster, job)).map(({ metadata }) => Date.parse(metadata.creationTimestamp!));
    expect(created).toHaveLength(3);
    expect(created[2]! - created[1]!).toBeGreaterThan(15_000);
    await cloud.close();
  });
});

describe('labels', () => {
  it('of a pool reach its nodes, whose name is their instance', async () => {
    const { cluster, cloud, pool } = await running();
    const [node] = await list(cluster, 'Node');
    const [instance] = cloud.instanceHistory();
    expect(node?.metadata.labels).toMatchObject(pool.spec.template.metadata.labels);
    expect(node?.metadata.labels?.[Label.zone]).toBe(instance!.zone);
    expect(node?.spec.providerID).toBe(`local:///${instance!.zone}/${instance!.id}`);
    await cloud.close();
  });
});
