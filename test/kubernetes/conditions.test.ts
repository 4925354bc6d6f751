import { afterAll, describe, inject } from 'vitest';
import { Label, NAMESPACE } from '#core/cluster/names.ts';
import type { KubernetesObject } from '#core/ports/cluster.ts';
import { type Behaviour, clusterConditions } from '#test/contract/cluster-conditions.ts';
import { withoutCapacity } from './cluster/capacity.ts';
import { Kubelet } from './cluster/kubelet.ts';
import { connectAs } from './cluster/test-cluster.ts';
import { until } from './cluster/until.ts';

const ANNOTATIONS: Record<Behaviour, Record<string, string>> = {
  runs: {},
  succeeds: { [Kubelet.succeedAfter]: '1s' },
  fails: { [Kubelet.failAfter]: '1s', [Kubelet.exitCode]: '3' },
};

function behaving<T extends KubernetesObject>(job: T, behaviour: Behaviour): T {
  const copy = structuredClone(job) as T & { spec: { template: { metadata: { annotations: object } } } };
  Object.assign(copy.spec.template.metadata.annotations, ANNOTATIONS[behaviour]);
  return copy;
}

// At once: most of their time nothing happens, and each has its own pool.
describe.concurrent('with the real Karpenter', () => {
  const kubernetes = inject('kubernetes');
  const cluster = connectAs(kubernetes, 'admin');

  clusterConditions('kube-apiserver and Karpenter', async () => ({
    cluster,
    nowMs: () => Date.now(),
    until,
    behaving,
    withoutCapacity: (pool) => withoutCapacity(kubernetes, pool),
    close: async () => {},
  }));

  afterAll(async () => {
    const labels = { [Label.run]: 'conditions' };
    const jobs = await cluster.list({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, labels });
    const pools = await cluster.list({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', labels });
    for (const { apiVersion, kind, metadata } of [...jobs, ...pools]) {
      const { name, namespace } = metadata;
      await cluster.delete({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) });
    }
  });
});
