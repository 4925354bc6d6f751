import type { KubernetesObject } from '#core/ports/cluster.ts';
import { type Behaviour, clusterConditions } from '#test/contract/cluster-conditions.ts';
import { untilIn } from './until.ts';
import { virtualCloud } from './virtual-cloud.ts';

const IMAGES = {
  runs: { virtual: () => ({ durationMs: 'forever' as const }) },
  succeeds: { virtual: () => ({ durationMs: 1000 }) },
  fails: { virtual: () => ({ durationMs: 1000, exitCode: 3 }) },
};

function behaving<T extends KubernetesObject>(job: T, behaviour: Behaviour): T {
  const copy = structuredClone(job) as T & { spec: { template: { spec: { containers: { image: string }[] } } } };
  for (const container of copy.spec.template.spec.containers) container.image = behaviour;
  return copy;
}

clusterConditions('local', async () => {
  const latencies = { launchCallMs: 200, nodeLaunchMs: 500, imagePullMs: () => 200 };
  const { clock, cloud, cluster, faults } = await virtualCloud({ images: IMAGES, latencies });
  return {
    cluster,
    nowMs: () => clock.nowMs(),
    until: untilIn(clock),
    behaving,
    withoutCapacity: async (nodePool) => {
      const restore = faults.add({ kind: 'insufficient-capacity', where: { nodePool } });
      return async () => restore();
    },
    close: () => cloud.close(),
  };
});
