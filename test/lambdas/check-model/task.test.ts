import { beforeEach, describe, expect, it } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { checkModel } from '#lambdas/check-model/task.ts';
import { deploy } from '../fakes/deployed.ts';
import { MATRIX, RUN, TARGET, World } from '../fakes/world.ts';

let world: World;
let deployment: PlannedDeployment;
let deployed: ReturnType<typeof deploy>;

beforeEach(async () => {
  world = await World.planned({ ...MATRIX, capacity: { fallback: ['spot'] } });
  deployment = (await world.deployments())[0]!;
  deployed = deploy(world, deployment);
});

const check = (capacity = 0) =>
  checkModel(world)({
    ...{ run: RUN, cluster: TARGET, deployment: deployment.id, attempt: 1, capacity },
    deploymentDeadline: deployed.deadline,
  });
const remove = (...kinds: string[]) => {
  for (const [id, { kind }] of world.cluster.objects) if (kinds.includes(kind)) world.cluster.objects.delete(id);
};
const slots = () => world.cluster.names('Job').filter((name) => name.startsWith('slot-'));
const podStatus = (status: object) => {
  for (const object of world.cluster.objects.values()) if (object.kind === 'Pod') object.status = status;
};
const refuse = () => {
  world.cluster.eventList = [
    {
      ...{ type: 'Warning', reason: 'InsufficientCapacityError', message: 'none', count: 1 },
      ...{ regarding: { kind: 'NodeClaim', name: deployed.pool }, lastSeenAt: world.clock.iso },
    },
  ];
};

describe('looking at an engine', () => {
  it('that is ready tells where it landed, and gives its place for a load back', async () => {
    podStatus({});
    expect((await check()).status).toBe('pulling');
    await check();
    expect(slots()).toHaveLength(1);
    podStatus({ conditions: [{ type: 'Ready', status: 'True' }] });
    expect(await check()).toMatchObject({
      ...{ status: 'ready', nextCapacity: -1, failure: { error: '', cause: '' } },
      node: { zone: 'us-east-1b', capacityType: 'on-demand', instanceId: `i-${deployed.pool}`, engineVersion: 'v9' },
    });
    expect(slots()).toEqual([]);
  });

  it('without capacity names the next capacity type, and after the last none', async () => {
    remove('Node', 'Pod');
    refuse();
    expect(await check(0)).toMatchObject({ status: 'no-capacity', nextCapacity: 1, failure: { error: 'NoCapacity' } });
    expect(await check(1)).toMatchObject({ status: 'pending' });
    world.clock.forward(deployment.capacityPatienceSeconds);
    refuse();
    expect(await check(1)).toMatchObject({ status: 'no-capacity', nextCapacity: -1 });
    expect(slots()).toEqual([]);
  });

  it('waits on while an instance of its own pool is launched, and of no other', async () => {
    remove('Node', 'Pod');
    refuse();
    const claim = (nodePool: string) =>
      world.cluster.place({
        apiVersion: 'karpenter.sh/v1',
        kind: 'NodeClaim',
        metadata: { name: `${nodePool}-x`, labels: { [Label.nodePool]: nodePool } },
        status: { conditions: [{ type: 'Launched', status: 'True' }] },
      });
    claim('another');
    expect((await check()).status).toBe('no-capacity');
    claim(deployed.pool);
    expect((await check()).status).toBe('pending');
  });

  it('ends at the deadline, in that very millisecond, but for an engine that is ready', async () => {
    world.clock.forward((Date.parse(deployed.deadline) - world.clock.nowMs() - 1) / 1000);
    podStatus({});
    expect((await check()).status).toBe('pulling');
    world.clock.forward(0.001);
    expect(await check()).toMatchObject({ status: 'failed', failure: { error: 'DeadlinePassed' } });
    podStatus({ conditions: [{ type: 'Ready', status: 'True' }] });
    expect((await check()).status).toBe('ready');
  });

  it('that failed shows the end of its log', async () => {
    const [pod] = world.cluster.names('Pod');
    podStatus({ containerStatuses: [{ name: 'engine', state: { waiting: { reason: 'CrashLoopBackOff' } } }] });
    world.cluster.logTexts.set(`${pod}/engine`, 'CUDA out of memory');
    const { status, failure } = await check();
    expect(status).toBe('failed');
    expect(failure.cause).toMatch(/CrashLoopBackOff.* Its last lines: CUDA out of memory$/);
  });
});
