import { expect, test } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import { isGone } from '#lambdas/cluster/gone.ts';
import { instance } from '../fakes/cluster.ts';
import { World } from '../fakes/world.ts';

const POOL = 'sb-night-d-abc12';
const karpenter = (kind: string, name: string, labels = {}) => ({
  apiVersion: 'karpenter.sh/v1',
  kind,
  metadata: { name, labels },
});

test('gone is what neither Kubernetes nor EC2 knows: each of the three alone says no', async () => {
  const world = new World();
  const gone = () => isGone(world.cluster, world.clusters, 'bench', POOL);
  expect(await gone()).toBe(true);

  world.cluster.place(karpenter('NodePool', POOL));
  expect(await gone()).toBe(false);
  world.cluster.objects.clear();

  world.cluster.place(karpenter('NodeClaim', `${POOL}-x7`, { [Label.nodePool]: POOL }));
  expect(await gone()).toBe(false);
  world.cluster.objects.clear();

  world.clusters.instanceList = [instance(POOL, world.clock.iso, { state: 'shutting-down' })];
  expect(await gone()).toBe(false);

  world.clusters.instanceList = [instance('sb-other-d-abc12', world.clock.iso)];
  world.cluster.place(karpenter('NodeClaim', 'sb-other-d-abc12-x7', { [Label.nodePool]: 'sb-other-d-abc12' }));
  expect(await gone()).toBe(true);
});
