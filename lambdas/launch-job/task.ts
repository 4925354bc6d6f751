import { loadJob } from '#core/cluster/manifests/load-job.ts';
import { engineName, engineUrl, loadNodePoolName } from '#core/cluster/names.ts';
import { uploader } from '#core/cluster/uploader.ts';
import { engineFor } from '#core/engines/engines.ts';
import { generatorFor } from '#core/generators/generators.ts';
import { underLoadScript } from '#core/generators/load-script.ts';
import { tokenizerFor } from '#core/generators/tokenizer.ts';
import type { Ports } from '#core/ports/ports.ts';
import { artifactsPrefix } from '#core/results/layout.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { applyOnce } from '../cluster/apply.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { deploymentObjects } from '../cluster/deployment-objects.ts';
import { assertEngineRuns } from '../cluster/engine-runs.ts';
import { readCell, readPlan } from '../store/plan.ts';

/** The load Job of one cell: warm-up, then measure; its artifacts are uploaded whatever happened. */
export const launchJob =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'LaunchJob'> =>
  async ({ run, cluster: target, deployment: id, attempt, deploymentDeadline: deadline, node, cell: cellId }) => {
    assertBefore(deadline, clock, 'The cell was not started');
    const [plan, { deployment, cell }] = await Promise.all([readPlan(store, run), readCell(store, run, id, cellId)]);
    const cluster = await connect(target.name);
    await assertEngineRuns(cluster, await deploymentObjects(cluster, run, id, deadline));
    const generator = generatorFor(deployment.generator);
    const invocation = generator.arguments(cell, {
      model: deployment.model,
      engineUrlVariable: '$(ENGINE_URL)',
      artifactDirVariable: '$(ARTIFACT_DIR)',
      tokenizer: tokenizerFor(deployment.generator, deployment.model),
    });
    const job = loadJob({
      run,
      deployment,
      cell,
      attempt,
      nodePool: loadNodePoolName(run, plan.deadline),
      nodeZone: node.zone,
      engineUrl: engineFor(deployment.engine).externalUrl(deployment) ?? engineUrl(engineName(run, id, deadline)),
      generator: { image: generator.image, ...underLoadScript(invocation, cell.timeoutSeconds) },
      uploader,
      resultsBucket: store.bucket,
      destination: artifactsPrefix({ run, deployment: id, cell: cellId, attempt }),
      timeoutSeconds: cell.timeoutSeconds,
      deadline,
    });
    await applyOnce(cluster, job);
    return { job: job.metadata.name };
  };
