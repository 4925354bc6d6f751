import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { instance } from '../fakes/cluster.ts';
import { deploy } from '../fakes/deployed.ts';
import { RUN, World } from '../fakes/world.ts';
import { addLease, PAST_EVERY_DEADLINE_SECONDS, RELEASED } from './leases.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const sweep = () => janitor(world)({});
const pools = () => world.cluster.names('NodePool');

describe('nodes that no lease tells of', () => {
  it('go when their deadline has passed, workload first', async () => {
    deploy(world, deployments[0]!);
    await world.store.delete(`runs/${RUN}/lease.json`);
    await addLease(world, RELEASED);
    expect(await sweep()).toMatchObject({ done: true });
    expect(pools()).toHaveLength(1);
    world.clock.forward(PAST_EVERY_DEADLINE_SECONDS);
    world.cluster.calls.length = 0;
    const swept = await sweep();
    expect(pools()).toEqual([]);
    expect(swept).toMatchObject({ done: false, metrics: { NodesPastDeadline: 1 } });
    const deleted = world.cluster.calls
      .filter((call) => call.startsWith('delete'))
      .map((call) => call.split(/[ /]/)[1]);
    expect(deleted).toEqual(['Job', 'NodePool']);
  });

  it('are not ours without our name', async () => {
    world.running.clear();
    const theirs = { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', metadata: { name: 'general-purpose' } };
    world.cluster.place(theirs);
    world.clusters.instanceList.push(instance('general-purpose', world.clock.iso));
    world.clock.forward(PAST_EVERY_DEADLINE_SECONDS);
    expect(await sweep()).toMatchObject({ metrics: { NodesPastDeadline: 0 } });
    expect(pools()).toEqual(['general-purpose']);
  });
});

it('takes away the rights of an admin that a killed call has left, wherever runs have worked, and whatever else fails', async () => {
  world = new World();
  await world.store.put('leases/clusters/bench.json', '{}');
  const asked: string[] = [];
  world.clusters.endLeftAdmin = async (...names: string[]) => names.every((name) => asked.push(name) > 0);
  world.cluster.fault = () => {
    throw new Error('401');
  };
  expect((await sweep()).clusters).toMatchObject([{ adminEnded: true, errors: ['401'] }]);
  expect(asked).toEqual(['bench']);
  world.clusters.endLeftAdmin = () => Promise.reject(new Error('denied'));
  expect((await sweep()).clusters).toMatchObject([{ adminEnded: false, errors: ['denied', '401'] }]);
});

it('does not take for nothing what EC2 does not say', async () => {
  world = new World();
  await world.store.put('leases/clusters/bench.json', '{}');
  world.clusters.instances = () => Promise.reject(new Error('throttled'));
  const { done, clusters, metrics } = await sweep();
  expect([done, clusters]).toEqual([false, [expect.objectContaining({ asked: false, errors: ['throttled'] })]]);
  expect(metrics).toEqual({ FailedReleases: 0 });
});
