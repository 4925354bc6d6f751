import { expect, it } from 'vitest';
import type { ManagedCluster } from '#core/ports/managed-clusters.ts';
import { provisionCluster } from '#lambdas/provision-cluster/task.ts';
import { endLease } from '#lambdas/store/lease.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { FakeClusters } from '../fakes/cluster.ts';
import { FIRST, RUN, World } from '../fakes/world.ts';

const CLUSTER = { name: 'bench', version: '1.36', ephemeral: false };

function world(found: Partial<ManagedCluster>) {
  const clusters = new FakeClusters();
  clusters.cluster = { name: 'bench', status: 'ACTIVE', version: '1.36', ours: false, ...found };
  const done: string[] = [];
  clusters.create = async () => void done.push('create');
  clusters.ensureAccess = async () => void done.push('ensureAccess');
  const clock = { nowMs: () => Date.parse('2026-10-01T12:00:00Z'), sleep: async () => {} };
  const task = provisionCluster({ clusters, clock: clock as never, store: memoryStore() });
  return { done, provision: () => task({ run: 'r', cluster: CLUSTER, deadline: '2026-10-01T14:00:00Z' } as never) };
}

it.each(['ACTIVE', 'CREATING', 'FAILED'] as const)(
  'leaves a cluster of somebody else alone that is %s',
  async (status) => {
    const { done, provision } = world({ status, offLimits: true });
    await expect(provision()).rejects.toMatchObject({
      name: 'ClusterFailed',
      message: expect.stringMatching(/Cluster bench was not made by this stack.*cluster\.foreignClusters/),
    });
    expect(done).toEqual([]);
  },
);

it('works in one of somebody else that the stack is told to work in', async () => {
  const { done, provision } = world({});
  expect(await provision()).toEqual({ status: 'done' });
  expect(done).toEqual(['ensureAccess']);
});

it('makes no cluster for a run that was stopped in the meantime', async () => {
  const run = await World.planned();
  run.clusters.cluster = undefined;
  let made = 0;
  run.clusters.create = async () => void made++;
  const { deadline, cluster } = await run.plan();
  const provision = () => provisionCluster(run)({ run: RUN, cluster, deadline });
  expect(await provision()).toEqual({ status: 'pending' });
  expect(made).toBe(1);
  await endLease(run, RUN, FIRST);
  await expect(provision()).rejects.toMatchObject({ name: 'RunEnded' });
  expect(made).toBe(1);
});
