import { loadJob } from '#core/cluster/manifests/load-job.ts';
import { engineName, engineUrl, loadNodePoolName } from '#core/cluster/names.ts';
import { tokenizerFetcher } from '#core/cluster/tokenizer-fetcher.ts';
import { uploader } from '#core/cluster/uploader.ts';
import { weightsPrefix } from '#core/engines/weights.ts';
import { loadContainer } from '#core/generators/load-container.ts';
import { fetchesTokenizer } from '#core/generators/tokenizer.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import type { Ports } from '#core/ports/ports.ts';
import { artifactsPrefix } from '#core/results/layout.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { deploymentObjects } from '../cluster/deployment-objects.ts';
import { assertEngineRuns } from '../cluster/engine-runs.ts';
import { findGpuExporter } from '../cluster/gpu-exporter.ts';
import { make } from '../cluster/make.ts';
import { readCell } from '../store/plan.ts';
import { planAtWork } from '../store/plan-at-work.ts';

/** The load Job of one cell: warm-up, then measure; its artifacts are uploaded whatever happened. */
export const launchJob =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'LaunchJob'> =>
  async ({ run, cluster: target, deployment: id, attempt, deploymentDeadline: deadline, node, cell: cellId }) => {
    assertBefore(deadline, clock, 'The cell was not started');
    const [plan, { deployment, cell }] = await Promise.all([planAtWork(store, run), readCell(store, run, id, cellId)]);
    const cluster = await connect(target.name);
    let gpuMetricsUrl: string | undefined;
    if (!runsAlready(deployment)) {
      const objects = await deploymentObjects(cluster, run, id, deadline);
      await assertEngineRuns(cluster, objects);
      gpuMetricsUrl = await findGpuExporter(cluster, objects.pod);
    }
    const job = loadJob({
      run,
      deployment,
      cell,
      attempt,
      nodePool: loadNodePoolName(run, plan.deadline),
      nodeZone: node.zone,
      engineUrl: deployment.endpoint?.url ?? engineUrl(engineName(run, id, deadline)),
      generator: loadContainer(deployment, cell, plan.staging, gpuMetricsUrl),
      ...(fetchesTokenizer(deployment, plan.staging) && {
        tokenizer: tokenizerFetcher(weightsPrefix(deployment.model)),
      }),
      uploader,
      resultsBucket: store.bucket,
      destination: artifactsPrefix({ run, deployment: id, cell: cellId, attempt }),
      timeoutSeconds: cell.timeoutSeconds,
      deadline,
    });
    await make({ cluster, store }, { run, attempt, deployment: id }, job);
    return { job: job.metadata.name };
  };
