import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { Annotation, Label, NAMESPACE } from '#core/cluster/names.ts';
import type { AnyObject, Cluster, KubernetesObject } from '#core/ports/cluster.ts';

/** How the one container of an engine's pod behaves. */
export type Behaviour = 'runs' | 'succeeds' | 'fails';

export interface OpenConditions {
  /** With the namespace `stepbench` and EKS's default NodeClass. */
  cluster: Cluster;
  nowMs(): number;
  /** Lets the cluster work until the check holds. @throws when it never does. */
  until(check: () => Promise<boolean>): Promise<void>;
  /** Changes the Job so that its container behaves so: by its image, or by an annotation. */
  behaving<T extends KubernetesObject>(job: T, behaviour: Behaviour): T;
  /** No zone has room for the pool's instances, until the answer is called. */
  withoutCapacity(pool: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface ConditionLike {
  type: string;
  status: string;
  reason?: string;
}

/**
 * What a cluster with Karpenter does with our manifests, in the conditions and events by which the tasks
 * understand it. Nothing here is about how long it takes.
 */
export function clusterConditions(implementation: string, open: () => Promise<OpenConditions>): void {
  describe(`a cluster's conditions: ${implementation}`, () => {
    let opened: OpenConditions;
    let cluster: Cluster;
    beforeEach(async () => {
      opened = await open();
      cluster = opened.cluster;
    });
    afterEach(() => opened.close());

    let serial = 0;

    /** A pool and an engine Job of their own, with what is short in a test shortened. */
    function manifests({
      behaviour = 'runs' as Behaviour,
      instanceType = 'g5.xlarge',
      gpuCount = 1,
      seconds = 1800,
    } = {}) {
      const nowMs = opened.nowMs();
      const deployment = { id: `cond${++serial}`, instanceType, gpuCount, shmGiB: 1 };
      const deadline = new Date(nowMs + seconds * 1000).toISOString();
      const run = 'conditions';
      const pool = gpuNodePool({ run, deployment, deadline, capacityType: 'on-demand', nowMs });
      pool.spec.disruption.consolidateAfter = '5s';
      pool.spec.template.spec.terminationGracePeriod = '30s';
      const engine = { image: 'engine', port: 8000, healthPath: '/health' };
      const job = engineJob({ run, deployment, deadline, nowMs, nodePool: pool.metadata.name, engine });
      job.spec.template.spec.terminationGracePeriodSeconds = 2;
      return { pool, job: opened.behaving(job, behaviour) };
    }
    type Manifests = ReturnType<typeof manifests>;

    const get = async ({ apiVersion, kind, metadata }: KubernetesObject) =>
      cluster.get({
        apiVersion,
        kind,
        name: metadata.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      });
    const apply = async (...objects: KubernetesObject[]) => {
      for (const object of objects) await cluster.apply(object);
    };
    const remove = async ({ apiVersion, kind, metadata }: KubernetesObject) =>
      cluster.delete({
        apiVersion,
        kind,
        name: metadata.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      });
    const condition = async (object: KubernetesObject, type: string): Promise<ConditionLike | undefined> =>
      ((await get(object))?.status?.conditions as ConditionLike[] | undefined)?.find((one) => one.type === type);
    const becomes = (object: KubernetesObject, type: string, status = 'True') =>
      opened.until(async () => (await condition(object, type))?.status === status);
    const podsOf = ({ job }: Manifests) =>
      cluster.list({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: NAMESPACE,
        labels: { [Label.jobName]: job.metadata.name },
      });
    const ofPool = (kind: 'Node' | 'NodeClaim', { pool }: Manifests): Promise<AnyObject[]> =>
      cluster.list({
        apiVersion: kind === 'Node' ? 'v1' : 'karpenter.sh/v1',
        kind,
        labels: { [Label.nodePool]: pool.metadata.name },
      });
    const isRunning = async (of: Manifests) => (await podsOf(of))[0]?.status?.phase === 'Running';
    const isGone = async (of: Manifests) =>
      (await ofPool('NodeClaim', of)).length === 0 && (await ofPool('Node', of)).length === 0;
    const claimEvents = async ({ pool }: Manifests, reason: string) =>
      (await cluster.events({ kind: 'NodeClaim', namePrefix: pool.metadata.name })).filter(
        (event) => event.reason === reason,
      );

    it('gives an engine a node of exactly its kind, and runs it there', async () => {
      const of = manifests();
      await apply(of.pool, of.job);
      await becomes(of.pool, 'Ready');
      await opened.until(() => isRunning(of));
      const [claim, ...moreClaims] = await ofPool('NodeClaim', of);
      const [node, ...moreNodes] = await ofPool('Node', of);
      expect([moreClaims, moreNodes]).toEqual([[], []]);
      expect(node?.metadata.labels).toMatchObject({
        [Label.instanceType]: 'g5.xlarge',
        [Label.capacityType]: 'on-demand',
        [Label.run]: 'conditions',
        [Label.deployment]: of.job.metadata.labels[Label.deployment],
      });
      expect(node?.metadata.labels?.[Label.zone]).toBeTruthy();
      expect(node?.spec.taints).toContainEqual(
        expect.objectContaining({ key: 'nvidia.com/gpu', effect: 'NoSchedule' }),
      );
      expect(node?.spec.providerID.split('/').at(-1)).toBeTruthy();
      expect(await condition(node!, 'Ready')).toMatchObject({ status: 'True' });
      expect(claim?.status.nodeName).toBe(node?.metadata.name);
      const [pod] = await podsOf(of);
      expect(pod?.spec.nodeName).toBe(node?.metadata.name);
      expect(pod?.status.containerStatuses[0].state.running.startedAt).toBeTruthy();
      expect(pod?.metadata.annotations?.[Annotation.doNotDisrupt]).toBe('true');
      const reasons = (await cluster.events({ kind: 'Pod', name: pod!.metadata.name })).map((event) => event.reason);
      expect(reasons).toContain('Scheduled');
      expect((await get(of.job))?.status).toMatchObject({ active: 1 });
    });

    it('completes a Job whose container ends well', async () => {
      const of = manifests({ behaviour: 'succeeds' });
      await apply(of.pool, of.job);
      await becomes(of.job, 'Complete');
      expect(await condition(of.job, 'Failed')).toBeUndefined();
      expect((await podsOf(of))[0]?.status.phase).toBe('Succeeded');
      expect((await get(of.job))?.status).toMatchObject({ succeeded: 1 });
    });

    it('fails a Job whose container fails, with its exit code, and does not try again', async () => {
      const of = manifests({ behaviour: 'fails' });
      await apply(of.pool, of.job);
      await becomes(of.job, 'Failed');
      expect(await condition(of.job, 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
      const pods = await podsOf(of);
      expect(pods).toHaveLength(1);
      expect(pods[0]?.status.containerStatuses[0].state.terminated.exitCode).not.toBe(0);
    });

    it('ends an engine at its deadline, and its empty node after it, without anybody', async () => {
      const of = manifests();
      of.job.spec.activeDeadlineSeconds = 10;
      const withRoomForTheNode = { ...of.job, spec: { ...of.job.spec, activeDeadlineSeconds: 120 } };
      await apply(of.pool, withRoomForTheNode);
      await opened.until(() => isRunning(of));
      await apply(of.job);
      await becomes(of.job, 'Failed');
      expect(await condition(of.job, 'Failed')).toMatchObject({ reason: 'DeadlineExceeded' });
      await opened.until(() => isGone(of));
      expect(await get(of.pool)).toBeDefined();
    });

    it('lets a deadline pass for a Job that never got a node, too', async () => {
      const of = manifests();
      of.job.spec.activeDeadlineSeconds = 8;
      const restore = await opened.withoutCapacity(of.pool.metadata.name);
      await apply(of.pool, of.job);
      await becomes(of.job, 'Failed');
      expect(await condition(of.job, 'Failed')).toMatchObject({ reason: 'DeadlineExceeded' });
      await restore();
    });

    it('takes a deleted pool with its node, once its workload is deleted', async () => {
      const of = manifests();
      await apply(of.pool, of.job);
      await opened.until(() => isRunning(of));
      expect(await remove(of.job)).toBe(true);
      expect(await remove(of.pool)).toBe(true);
      await opened.until(() => isGone(of));
      await opened.until(async () => (await get(of.pool)) === undefined && (await podsOf(of)).length === 0);
    });

    it('says insufficient capacity by events on claims that come and go, and recovers by itself', async () => {
      const of = manifests();
      const restore = await opened.withoutCapacity(of.pool.metadata.name);
      await apply(of.pool, of.job);
      await opened.until(async () => {
        const refused = await claimEvents(of, 'InsufficientCapacityError');
        return new Set(refused.map(({ regarding }) => regarding.name)).size >= 2;
      });
      expect((await claimEvents(of, 'InsufficientCapacityError'))[0]).toMatchObject({ type: 'Warning' });
      expect(await condition(of.pool, 'Ready')).toMatchObject({ status: 'True' });
      expect(await ofPool('Node', of)).toEqual([]);
      await restore();
      await opened.until(() => isRunning(of));
    });

    it('launches nothing beyond the limit of a pool, and says so on the pod', async () => {
      const of = manifests();
      of.pool.spec.limits = { 'nvidia.com/gpu': '0' };
      await apply(of.pool, of.job);
      await opened.until(async () => {
        const events = await cluster.events({ kind: 'Pod', namePrefix: of.job.metadata.name.slice(0, 40) });
        return events.some(({ message }) => /limits/.test(message));
      });
      expect(await ofPool('NodeClaim', of)).toEqual([]);
    });

    it('leaves a pool of an unknown instance type Ready, and says so by an event on it', async () => {
      const of = manifests({ instanceType: 'g99.xlarge' });
      await apply(of.pool, of.job);
      await opened.until(async () => {
        const events = await cluster.events({ kind: 'NodePool', name: of.pool.metadata.name });
        return events.some(({ reason }) => reason === 'NoCompatibleInstanceTypes');
      });
      expect(await condition(of.pool, 'Ready')).toMatchObject({ status: 'True' });
      expect(await ofPool('NodeClaim', of)).toEqual([]);
    });

    it('does not make a pool Ready whose NodeClass is missing', async () => {
      const of = manifests();
      of.pool.spec.template.spec.nodeClassRef.name = 'missing';
      await apply(of.pool, of.job);
      await becomes(of.pool, 'Ready', 'False');
      expect(await ofPool('NodeClaim', of)).toEqual([]);
    });

    it('ends a node whose lifetime is over, engine or not, and the Job does not buy another', async () => {
      const of = manifests();
      of.pool.spec.template.spec.expireAfter = '120s';
      await apply(of.pool, of.job);
      await opened.until(() => isRunning(of));
      await opened.until(() => isGone(of));
      await becomes(of.job, 'Failed');
      expect(await condition(of.job, 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
      expect(await ofPool('NodeClaim', of)).toEqual([]);
    });
  });
}
