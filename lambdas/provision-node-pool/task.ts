import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { dearestOf } from '#core/plan/price-of.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { make } from '../cluster/make.ts';
import { readDeployment } from '../store/plan.ts';
import { announce } from '../store/purchase.ts';

/** A NodePool for exactly the deployment's instance type; asked again, it moves on to another capacity type. */
export const provisionNodePool =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'ProvisionNodePool'> =>
  async ({ run, cluster: target, deployment: id, attempt, deploymentDeadline: deadline, capacity }) => {
    assertBefore(deadline, clock, 'No node was asked for');
    const deployment = await readDeployment(store, run, id);
    if (runsAlready(deployment)) return { nodePool: '' };
    const capacityType = deployment.capacityTypes[capacity];
    if (capacityType === undefined) {
      throw new StepBenchError(ErrorName.NoCapacity, `Deployment ${id} has no capacity type number ${capacity}.`);
    }
    const cluster = await connect(target.name);
    const pool = gpuNodePool({ run, deployment, deadline, capacityType, nowMs: clock.nowMs() });
    await announce(store, {
      schema_version: 1,
      ...{ run, attempt, deployment: id, nodePool: pool.metadata.name, askedAt: isoTime(clock), deadline },
      ...{ nodes: 1, price: dearestOf(deployment.prices), downloadUsd: deployment.downloadUsd, stagingUsd: 0 },
      emptyAt: null,
    });
    // Applied as it is, over the one that stands: that is how it moves on.
    await make({ cluster, store }, { run, attempt, deployment: id }, pool, (api, object) => api.apply(object));
    return { nodePool: pool.metadata.name };
  };
