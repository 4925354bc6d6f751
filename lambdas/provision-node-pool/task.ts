import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { make } from '../cluster/make.ts';
import { readDeployment } from '../store/plan.ts';

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
    // Applied as it is, over the one that stands: that is how it moves on.
    await make({ cluster, store }, { run, attempt, deployment: id }, pool, (api, object) => api.apply(object));
    return { nodePool: pool.metadata.name };
  };
