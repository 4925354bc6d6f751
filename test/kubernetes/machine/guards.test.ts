import { describe, expect, inject, test } from 'vitest';
import { systemClock } from '#aws/clock/system-clock.ts';
import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { sweepCluster } from '#lambdas/guards/sweep-cluster.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { connectAs, type Who } from '../cluster/test-cluster.ts';
import { until } from '../cluster/until.ts';
import { nodeClusters } from './node-clusters.ts';
import { leftOf } from './run-machine.ts';

const HOUR_MS = 3_600_000;

describe('what nobody looks after any more', () => {
  const kubernetes = inject('kubernetes');
  const admin = connectAs(kubernetes, 'admin');
  const portsOf = (who: Who) => {
    const cluster = connectAs(kubernetes, who);
    return {
      clock: systemClock,
      clusters: nodeClusters(admin),
      store: memoryStore(),
      connect: async () => cluster,
      executions: { isRunning: async () => false },
    };
  };

  test('and is past its deadline, the janitor ends, with its node', async () => {
    const run = 'overdue';
    const deployment = { id: 'orphan', instanceType: 'g5.xlarge', gpuCount: 1, shmGiB: 1 };
    const nowMs = Date.now() - 2 * HOUR_MS;
    const deadline = new Date(nowMs + HOUR_MS).toISOString();
    const pool = gpuNodePool({ run, deployment, deadline, capacityType: 'on-demand', nowMs });
    const nodePool = pool.metadata.name;
    const engine = { image: 'engine', port: 8000, healthPath: '/health' };
    await admin.apply(pool);
    await admin.apply(engineJob({ run, deployment, deadline, nowMs, nodePool, engine }));
    await until(async () => (await nodeClusters(admin).instances({ cluster: 'it', nodePool })).length === 1);
    const swept = await sweepCluster(portsOf('Janitor'), 'it', []);
    expect(swept.errors).toEqual([]);
    expect(swept.deleted.filter((name) => name.includes(run))).toHaveLength(2);
    expect(swept.nodesPastDeadline.map((one) => one.nodePool)).toContain(nodePool);
    await until(async () => (await leftOf(admin, run)).length === 0);
  });
});
