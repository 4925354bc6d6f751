import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { releaseDeployment } from '#lambdas/release-deployment/task.ts';
import { releaseRun } from '#lambdas/release-run/task.ts';
import { announce, announceEmpty } from '#lambdas/store/purchase.ts';
import { deploy, deployLoadPool, ends } from '../fakes/deployed.ts';
import { purchase } from '../fakes/purchases.ts';
import { fullDisk, watched } from '../fakes/stores.ts';
import { FIRST, NO_FAILURE, RUN, TARGET, World } from '../fakes/world.ts';

let world: World;
let deployment: PlannedDeployment;
beforeEach(async () => {
  world = await World.planned();
  deployment = (await world.deployments())[0]!;
});

const warned = async () => {
  const output = await releaseRun(world)({ run: RUN, execution: FIRST, cluster: TARGET });
  expect(output.status).toBe('done');
  return output.warnings;
};
const bought = (nodePool: string, of: string) => announce(world.store, purchase({ deployment: of, nodePool }));
/** While it is done nothing can be written. */
const onFullDisk = async (work: () => Promise<unknown>) => {
  const free = world.store;
  world.store = watched(free, fullDisk);
  await work();
  world.store = free;
};
const release = (deadline: string, instanceId = '') =>
  releaseDeployment(world)({
    ...{ run: RUN, cluster: TARGET, deployment: deployment.id, attempt: 1, deploymentDeadline: deadline },
    ...{
      failure: NO_FAILURE,
      node: { zone: 'z', capacityType: 'spot', instanceId, simulated: false, engineVersion: '' },
    },
  });

describe('what the end of a run tells of nodes whose cost is not recorded', () => {
  it('is nothing where every record was written', async () => {
    const { pool, deadline } = deploy(world, deployment);
    await bought(pool, deployment.id);
    const loadPool = await deployLoadPool(world, 1);
    await bought(loadPool, 'load');
    await release(deadline);
    await releaseRun(world)({ run: RUN, execution: FIRST, cluster: TARGET });
    for (const one of [pool, loadPool]) ends(world, one);
    expect(await warned()).toEqual([]);
  });

  it('is a node that was there while its record could not be written, whichever task tried', async () => {
    const { pool, deadline } = deploy(world, deployment);
    await bought(pool, deployment.id);
    await onFullDisk(() => release(deadline));
    ends(world, pool);
    const told = `What these nodes cost is not recorded: g5.8xlarge of deployment ${deployment.id}. Of the budget the most is counted that it can have been.`;
    expect(await warned()).toEqual([told]);
    expect(await warned()).toEqual([told]);
  });

  it('is a node that was seen, and recorded only when it was gone', async () => {
    const { pool, deadline } = deploy(world, deployment);
    await bought(pool, deployment.id);
    await onFullDisk(() => release(deadline, 'i-seen'));
    ends(world, pool);
    await release(deadline, 'i-seen');
    expect(await warned()).toEqual([expect.stringContaining(deployment.id)]);
  });

  it('is a pool of load generators that went with its nodes before anything of it could be written', async () => {
    const pool = await deployLoadPool(world, 2);
    await bought(pool, 'load');
    await onFullDisk(() => releaseRun(world)({ run: RUN, execution: FIRST, cluster: TARGET }));
    ends(world, pool);
    expect(await warned()).toEqual([
      expect.stringContaining('not recorded: the load generators’ nodes. Of the budget'),
    ]);
    await announceEmpty(world.store, { run: RUN, deployment: 'load', attempt: 1 }, world.clock.iso);
    expect(await warned()).toEqual([]);
  });

  it('names some and counts the rest', async () => {
    for (let n = 0; n < 8; n++) await bought(`sb-night-d${n}-abcde`, `d${n}`);
    expect(await warned()).toEqual([expect.stringMatching(/deployment d4 and 3 more\./)]);
  });
});
