import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { NAMESPACE } from '#core/cluster/names.ts';
import type { AnyObject, Cluster, KubernetesObject, ObjectRef } from '#core/ports/cluster.ts';

export interface OpenCluster {
  /** With the namespace `stepbench` in it, and nothing else of ours. */
  cluster: Cluster;
  nowMs(): number;
  /** Lets the cluster work until the check holds. @throws when it never does. */
  until(check: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

const conflict = expect.objectContaining({ name: 'Conflict' });

const configMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, labels },
  data,
});

/** A Job for which no node will ever be found. */
const job = (name: string, { image = 'nowhere/nothing', seconds = 600 } = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    backoffLimit: 0,
    activeDeadlineSeconds: seconds,
    template: {
      spec: {
        restartPolicy: 'Never',
        nodeSelector: { 'stepbench.dev/nowhere': 'true' },
        containers: [{ name: 'main', image }],
      },
    },
  },
});

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): ObjectRef => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

const podsOf = (cluster: Cluster, name: string): Promise<AnyObject[]> =>
  cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: NAMESPACE,
    labels: { 'batch.kubernetes.io/job-name': name },
  });

/** What every Cluster does with objects, whoever works on them. */
export function clusterContract(implementation: string, open: () => Promise<OpenCluster>): void {
  describe(`a cluster's objects: ${implementation}`, () => {
    let opened: OpenCluster;
    let cluster: Cluster;
    beforeEach(async () => {
      opened = await open();
      cluster = opened.cluster;
    });
    afterEach(() => opened.close());

    const pool = (instanceType = 'c7i.4xlarge') => {
      const nowMs = opened.nowMs();
      return loadNodePool({ run: 'contract', deadline: '2099-01-01T00:00:00Z', nowMs, instanceType });
    };

    it('gives a new object its identity and keeps what was applied', async () => {
      const applied = await cluster.apply(configMap('one', { a: '1' }, { color: 'red' }));
      expect(applied.metadata).toMatchObject({ uid: expect.any(String), resourceVersion: expect.any(String) });
      expect(Date.parse((applied.metadata as AnyObject['metadata']).creationTimestamp!)).not.toBeNaN();
      expect(await cluster.get(refOf(applied))).toMatchObject({ data: { a: '1' }, metadata: applied.metadata });
    });

    it('has nothing where nothing was applied', async () => {
      expect(await cluster.get(refOf(configMap('none', {})))).toBeUndefined();
      expect(await cluster.delete(refOf(configMap('none', {})))).toBe(false);
      expect(await cluster.events({ kind: 'Pod', name: 'none', namespace: NAMESPACE })).toEqual([]);
      expect(await cluster.logs({ namespace: NAMESPACE, pod: 'none', container: 'main', tailLines: 5 })).toBe('');
    });

    it('changes nothing when the same is applied again', async () => {
      const first = await cluster.apply(job('again'));
      await opened.until(async () => (await podsOf(cluster, 'again')).length === 1);
      const before = await cluster.get(refOf(first));
      await cluster.apply(job('again'));
      expect(await cluster.get(refOf(first))).toEqual(before);
    });

    it('ends with what was applied last, whatever was applied before', async () => {
      const data = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
      let serial = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.record({ data, labels: data }), { minLength: 1, maxLength: 5 }), async (steps) => {
          const name = `step-${++serial}`;
          for (const step of steps) await cluster.apply(configMap(name, step.data, step.labels));
          const found = await cluster.get(refOf(configMap(name, {})));
          expect({ ...(found as unknown as { data?: object })?.data }).toEqual({ ...steps.at(-1)!.data });
          expect({ ...found?.metadata.labels }).toEqual({ ...steps.at(-1)!.labels });
        }),
        { numRuns: 25 },
      );
    });

    it('leaves alone what others wrote', async () => {
      await cluster.apply(pool());
      const isReady = async () => ((await cluster.get(refOf(pool())))?.status?.conditions ?? []).length > 0;
      await opened.until(isReady);
      await cluster.apply(pool('c7i.8xlarge'));
      expect(await isReady()).toBe(true);
    });

    it("refuses to change a Job's template, and lets its deadline move", async () => {
      const { metadata } = await cluster.apply(job('fixed'));
      await expect(cluster.apply(job('fixed', { image: 'nowhere/else' }))).rejects.toEqual(conflict);
      await cluster.apply(job('fixed', { seconds: 300 }));
      const found = await cluster.get(refOf(job('fixed')));
      expect(found?.metadata.uid).toBe((metadata as AnyObject['metadata']).uid);
      expect(found?.spec.activeDeadlineSeconds).toBe(300);
      expect(found?.spec.template.spec.containers[0].image).toBe('nowhere/nothing');
    });

    it("takes new requirements on a NodePool, as the next capacity type needs, and counts the spec's generations", async () => {
      await cluster.apply(pool());
      await cluster.apply(pool('c7i.8xlarge'));
      const found = await cluster.get(refOf(pool()));
      expect(found?.spec.template.spec.requirements[0].values).toEqual(['c7i.8xlarge']);
      expect(found?.metadata.generation).toBe(2);
    });

    it('refuses what was read before somebody else changed it', async () => {
      await cluster.apply(configMap('race', { a: '1' }));
      const stale = (await cluster.get(refOf(configMap('race', {}))))!;
      await cluster.apply(configMap('race', { a: '2' }));
      await expect(cluster.apply(stale)).rejects.toEqual(conflict);
    });

    it('shares nothing with its callers', async () => {
      const mine = configMap('mine', { a: '1' });
      const returned = await cluster.apply(mine);
      mine.data.a = 'changed';
      returned.data.a = 'changed';
      const found = (await cluster.get(refOf(mine)))!;
      found.metadata.labels = { changed: 'yes' };
      expect(await cluster.get(refOf(mine))).toMatchObject({ data: { a: '1' } });
      expect((await cluster.get(refOf(mine)))?.metadata.labels ?? {}).not.toHaveProperty('changed');
    });

    it('lists what bears all the labels asked for', async () => {
      await cluster.apply(configMap('x', {}, { color: 'red', size: 's' }));
      await cluster.apply(configMap('y', {}, { color: 'red', size: 'l' }));
      await cluster.apply(configMap('z', {}, { color: 'blue', size: 'l' }));
      const named = async (labels: Record<string, string>) => {
        const found = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, labels });
        return found.map(({ metadata }) => metadata.name).sort();
      };
      expect(await named({ color: 'red' })).toEqual(['x', 'y']);
      expect(await named({ color: 'red', size: 'l' })).toEqual(['y']);
      expect(await named({ color: 'green' })).toEqual([]);
    });

    it('deletes, and a new object of the name is another one', async () => {
      const first = await cluster.apply(configMap('phoenix', { a: '1' }));
      expect(await cluster.delete(refOf(first))).toBe(true);
      expect(await cluster.get(refOf(first))).toBeUndefined();
      expect(await cluster.delete(refOf(first))).toBe(false);
      const second = await cluster.apply(configMap('phoenix', {}));
      expect((second.metadata as AnyObject['metadata']).uid).not.toBe((first.metadata as AnyObject['metadata']).uid);
    });

    it("takes a deleted Job's pods with it", async () => {
      await cluster.apply(job('parent'));
      await opened.until(async () => (await podsOf(cluster, 'parent')).length === 1);
      await cluster.delete(refOf(job('parent')));
      await opened.until(async () => (await podsOf(cluster, 'parent')).length === 0);
      expect(await cluster.get(refOf(job('parent')))).toBeUndefined();
    });

    it('says by an event why a pod waits, found by its name or the beginning of it', async () => {
      await cluster.apply(job('waits'));
      const about = async (of: { name?: string; namePrefix?: string }) =>
        (await cluster.events({ kind: 'Pod', namespace: NAMESPACE, ...of })).map(({ reason }) => reason);
      await opened.until(async () => (await about({ namePrefix: 'waits-' })).includes('FailedScheduling'));
      const [pod] = await podsOf(cluster, 'waits');
      expect(await about({ name: pod!.metadata.name })).toContain('FailedScheduling');
      expect(await about({ name: 'waits' })).toEqual([]);
      expect(await about({ namePrefix: 'other' })).toEqual([]);
    });

    it('refuses what no API server would take, and keeps nothing of it', async () => {
      const restricted = pool();
      Object.assign(restricted.spec.template.metadata.labels, { 'karpenter.sh/name': 'x' });
      await expect(cluster.apply(restricted)).rejects.toThrow(/restricted/);
      expect(await cluster.get(refOf(restricted))).toBeUndefined();
      const nameless = configMap('Not_A_Name', {});
      await expect(cluster.apply(nameless)).rejects.toThrow(/name/);
    });

    it('asks to come again while the namespace is not there', async () => {
      const early = { ...configMap('early', {}), metadata: { name: 'early', namespace: 'not-yet' } };
      await expect(cluster.apply(early)).rejects.toMatchObject({ name: 'Retryable' });
    });
  });
}
