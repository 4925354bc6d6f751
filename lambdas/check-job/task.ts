import { loadJobName, NAMESPACE } from '#core/cluster/names.ts';
import { jobState } from '#core/cluster/observe/job.ts';
import { containers, eviction, nodeName, terminalWait, youngest } from '#core/cluster/observe/pod.ts';
import { uploadError } from '#core/cluster/uploader.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { deploymentObjects, jobPods } from '../cluster/deployment-objects.ts';
import { assertEngineRuns } from '../cluster/engine-runs.ts';
import { seeLoadNodes } from '../cluster/load-nodes.ts';
import { logTail } from '../cluster/log-tail.ts';
import { readDeployment } from '../store/plan.ts';

/**
 * Whether the load Job has ended. How it ended is for its files to say (RecordResult): a generator's exit
 * code is no verdict. What no file can tell is thrown: time that ran out, an engine that died, a pod that
 * never ran.
 */
export const checkJob =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'CheckJob'> =>
  async ({ run, cluster: target, deployment, attempt, deploymentDeadline: deadline, cell }) => {
    const cluster = await connect(target.name);
    const name = loadJobName(run, cell, attempt);
    const job = await cluster.get({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name });
    if (job === undefined) {
      throw new StepBenchError(ErrorName.GeneratorFailed, `The load Job ${name} is gone: something else deleted it.`);
    }
    const state = jobState(job);
    const pod = youngest(await jobPods(cluster, name));
    if (state.state === 'failed' && state.reason === 'DeadlineExceeded') {
      const ran = pod !== undefined && nodeName(pod) !== undefined;
      throw new StepBenchError(
        ErrorName.GeneratorFailed,
        ran ? `The load did not end in time: ${state.message}` : 'No node was found for the load generator in time.',
        { nextStep: 'Raise load.maxCellSeconds, or ask for fewer requests.' },
      );
    }
    if (state.state !== 'running') {
      await seeLoadNodes({ store, clock }, cluster, run);
      const evicted = pod && eviction(pod);
      if (evicted !== undefined) {
        throw new StepBenchError(ErrorName.GeneratorFailed, `The pod of the load was evicted: ${evicted}`);
      }
      await assertUploaded(cluster, pod);
      return { status: 'finished' };
    }
    const stuck = pod && terminalWait(pod);
    if (stuck !== undefined) throw new StepBenchError(ErrorName.GeneratorFailed, `The load cannot start: ${stuck}.`);
    assertBefore(deadline, clock, 'The load was still running');
    if (!runsAlready(await readDeployment(store, run, deployment))) {
      await assertEngineRuns(cluster, await deploymentObjects(cluster, run, deployment, deadline));
    }
    return { status: 'running' };
  };

/**
 * What the generator left says nothing when it did not reach the store.
 * @throws StepBenchError StoreFull, StoreDenied or ArtifactsMissing, with what the uploader said
 */
async function assertUploaded(cluster: Cluster, pod: AnyObject | undefined): Promise<void> {
  for (const { state } of pod === undefined ? [] : containers(pod)) {
    const error = uploadError(state?.terminated?.exitCode ?? 0);
    if (error === undefined) continue;
    const tail = await logTail(cluster, pod);
    throw new StepBenchError(error, `The load ran, but the uploader could not store its artifacts.${tail}`);
  }
}
