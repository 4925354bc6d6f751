import { describe, expect, inject, test } from 'vitest';
import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { Label, NAMESPACE } from '#core/cluster/names.ts';
import { engineStatus } from '#core/cluster/observe/engine.ts';
import { condition } from '#core/cluster/observe/pod.ts';
import type { AnyObject } from '#core/ports/cluster.ts';
import { findGpuExporter } from '#lambdas/cluster/gpu-exporter.ts';
import { connectAs } from './cluster/test-cluster.ts';
import { tracked } from './cluster/tracked.ts';
import { until } from './cluster/until.ts';

const cluster = connectAs(inject('kubernetes'), 'admin');

/** A deployment's pool and engine, and what becomes of them. */
function deployment(id: string) {
  const nowMs = Date.now();
  const of = { id, instanceType: 'g5.xlarge', gpuCount: 1, shmGiB: 1 };
  const deadline = new Date(nowMs + 1_800_000).toISOString();
  const pool = gpuNodePool({ run: 'nodes', deployment: of, deadline, capacityType: 'on-demand', nowMs });
  const nodePool = pool.metadata.name;
  const engine = { image: 'engine', port: 8000, healthPath: '/health' };
  const job = engineJob({ run: 'nodes', deployment: of, deadline, nowMs, nodePool, engine });
  const { cluster: applying, clear } = tracked(cluster);
  const one = async (apiVersion: string, kind: string): Promise<AnyObject | undefined> =>
    (await cluster.list({ apiVersion, kind, labels: { [Label.nodePool]: nodePool } }))[0];
  return {
    pool,
    apply: async () => {
      await applying.apply(pool);
      await applying.apply(job);
    },
    clear,
    claim: () => one('karpenter.sh/v1', 'NodeClaim'),
    node: () => one('v1', 'Node'),
    job: () => cluster.get({ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, namespace: NAMESPACE }),
    pod: async () => {
      const labels = { [Label.jobName]: job.metadata.name };
      return (await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, labels }))[0];
    },
  };
}

const isTrue = (object: AnyObject | undefined, type: string): boolean =>
  object !== undefined && condition(object, type)?.status === 'True';

describe.concurrent('nodes', () => {
  test('one that boots slowly is waited for: what was launched is no missing capacity', async () => {
    const slow = { name: 'slow' };
    await cluster.apply({ apiVersion: 'eks.amazonaws.com/v1', kind: 'NodeClass', metadata: slow });
    await cluster.apply({
      apiVersion: 'karpenter.kwok.sh/v1alpha1',
      kind: 'KWOKNodeClass',
      metadata: slow,
      spec: { nodeRegistrationDelay: '15s' },
    } as AnyObject);
    const of = deployment('slow');
    of.pool.spec.template.spec.nodeClassRef.name = slow.name;
    await of.apply();
    await until(async () => isTrue(await of.claim(), 'Launched'));
    const [job, pod, claim] = await Promise.all([of.job(), of.pod(), of.claim()]);
    expect(isTrue(claim, 'Registered')).toBe(false);
    expect(await of.node()).toBeUndefined();
    // Even to somebody who has lost all patience.
    const impatient = { nowMs: Date.now() + 120_000, patienceSeconds: 60, capacity: 0 };
    const status = engineStatus({ job, pod, claims: claim === undefined ? [] : [claim], events: [], ...impatient });
    expect(status.status).toBe('pending');
    await until(async () => (await of.pod())?.status?.phase === 'Running');
    await of.clear();
  });

  test('one of an engine has an exporter of its GPUs, which is found, and which keeps it no longer than its work', async () => {
    const of = deployment('watched');
    of.pool.spec.disruption.consolidateAfter = '5s';
    await of.apply();
    await until(async () => (await of.pod())?.status?.phase === 'Running');
    const asked = connectAs(inject('kubernetes'), 'LaunchJob');
    await until(async () => (await findGpuExporter(asked, await of.pod())) !== undefined);
    const [node, engine] = await Promise.all([of.node(), of.pod()]);
    expect(await findGpuExporter(asked, engine)).toMatch(/^http:\/\/[\d.]+:9400\/metrics$/);
    expect(await findGpuExporter(connectAs(inject('kubernetes'), 'CheckJob'), engine)).toBeUndefined();
    const { apiVersion, kind, metadata } = (await of.job())!;
    await cluster.delete({ apiVersion, kind, name: metadata.name, namespace: NAMESPACE });
    await until(async () => (await of.node())?.metadata.name !== node?.metadata.name);
    await of.clear();
  });

  test('one that has drifted is left alone: as Auto Mode drifts them every week', async () => {
    const of = deployment('drifts');
    await of.apply();
    await until(async () => (await of.pod())?.status?.phase === 'Running');
    const [before, node] = await Promise.all([of.pod(), of.node()]);
    Object.assign(of.pool.spec.template.metadata.labels, { 'stepbench.dev/changed': 'yes' });
    await cluster.apply(of.pool);
    await until(async () => isTrue(await of.claim(), 'Drifted'));
    // Karpenter has looked at it, and says why it does nothing.
    await until(async () => {
      const events = await cluster.events({ kind: 'NodePool', name: of.pool.metadata.name });
      const onNode = await cluster.events({ kind: 'Node', name: node?.metadata.name ?? '' });
      return [...events, ...onNode].some(({ reason }) => reason === 'DisruptionBlocked');
    });
    expect((await of.pod())?.metadata.uid).toBe(before?.metadata.uid);
    expect((await of.node())?.metadata.deletionTimestamp).toBeUndefined();
    await of.clear();
  });
});
