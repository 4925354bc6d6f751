import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { engineService } from '#core/cluster/manifests/engine-service.ts';
import { gpuNodePoolName } from '#core/cluster/names.ts';
import { engineFor } from '#core/engines/engines.ts';
import { weightsOf } from '#core/engines/weights.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { make } from '../cluster/make.ts';
import { readDeployment } from '../store/plan.ts';
import { planAtWork } from '../store/plan-at-work.ts';

/** The engine's Job and Service on the deployment's own NodePool; nothing for a server that runs already. */
export const deployModel =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'DeployModel'> =>
  async ({ run, cluster: target, deployment: id, attempt, deploymentDeadline: deadline }) => {
    assertBefore(deadline, clock, 'The engine was not deployed');
    const [plan, deployment] = await Promise.all([planAtWork(store, run), readDeployment(store, run, id)]);
    const engine = engineFor(deployment.engine);
    if (engine === undefined) return { job: '' };
    const container = engine.container(deployment, weightsOf(plan.staging, deployment.model, store.bucket));
    const cluster = await connect(target.name);
    const maker = { run, attempt, deployment: id };
    await make({ cluster, store }, maker, engineService({ run, deployment, deadline, targetPort: container.port }));
    const job = engineJob({
      run,
      deployment,
      deadline,
      nowMs: clock.nowMs(),
      nodePool: gpuNodePoolName(run, id, deadline),
      engine: container,
    });
    await make({ cluster, store }, maker, job);
    return { job: job.metadata.name };
  };
