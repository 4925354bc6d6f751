import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { releaseDeployment } from '#lambdas/release-deployment/task.ts';
import { deploy, deployLoadPool, ends } from '../fakes/deployed.ts';
import { NO_FAILURE, RUN, TARGET, World } from '../fakes/world.ts';

let world: World;
let deployments: PlannedDeployment[];
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
});

const NODE = { zone: '', capacityType: '', instanceId: '', simulated: false, engineVersion: '' };
const release = async ({ id }: PlannedDeployment, deploymentDeadline: string, attempt = 1) =>
  (
    await releaseDeployment(world)({
      ...{ run: RUN, cluster: TARGET, deployment: id, attempt, deploymentDeadline },
      ...{ node: NODE, failure: NO_FAILURE },
    })
  ).status;

describe('the load generators’ nodes', () => {
  it('go with the last deployment of this execution, not with the first, nor because of an earlier one', async () => {
    const loadPool = await deployLoadPool(world, 1);
    const [first, second] = deployments.map((one) => deploy(world, one));
    await release(deployments[0]!, first!.deadline);
    expect(world.cluster.names('NodePool')).toContain(loadPool);
    await release(deployments[0]!, first!.deadline);
    expect(world.cluster.names('NodePool')).toContain(loadPool);
    await release(deployments[1]!, second!.deadline);
    expect(world.cluster.names('NodePool')).toEqual([]);

    await world.resume();
    const newPool = await deployLoadPool(world, 1);
    const again = deploy(world, deployments[0]!);
    await release(deployments[0]!, again.deadline, 2);
    expect(world.cluster.names('NodePool')).toEqual([newPool]);
  });

  it('stay for the one that was begun first, where it ends last', async () => {
    const loadPool = await deployLoadPool(world, 1);
    const [first, second] = deployments.map((one) => deploy(world, one));
    await release(deployments[1]!, second!.deadline);
    expect(world.cluster.names('NodePool')).toContain(loadPool);
    await release(deployments[0]!, first!.deadline);
    expect(world.cluster.names('NodePool')).toEqual([]);
  });

  it('are no reason to fail: ReleaseRun asks for them again', async () => {
    await deployLoadPool(world, 1);
    const [first, second] = deployments.map((one) => deploy(world, one));
    await release(deployments[0]!, first!.deadline);
    const load = world.cluster.names('NodePool').find((name) => name.includes('-load-'));
    world.cluster.fault = (call) => {
      if (call === `delete NodePool//${load}`) throw new Error('webhook');
    };
    for (const { pool } of [first!, second!]) ends(world, pool);
    expect(await release(deployments[1]!, second!.deadline)).toBe('done');
  });

  it('are no reason to wait for: a deployment is done when its own node is gone', async () => {
    await deployLoadPool(world, 1);
    const [first, second] = deployments.map((one) => deploy(world, one));
    expect(await release(deployments[0]!, first!.deadline)).toBe('pending');
    for (const { pool } of [first!, second!]) ends(world, pool);
    expect(await release(deployments[1]!, second!.deadline)).toBe('done');
    expect(await release(deployments[0]!, first!.deadline)).toBe('done');
    expect(world.clusters.instanceList).toHaveLength(1);
  });
});
