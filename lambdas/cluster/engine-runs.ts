import { jobState } from '#core/cluster/observe/job.ts';
import { condition, terminations } from '#core/cluster/observe/pod.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { DeploymentObjects } from './deployment-objects.ts';
import { logTail } from './log-tail.ts';

/**
 * The engine of a deployment that has been ready. When it has ended since, no cell of it can be measured.
 * @throws StepBenchError EngineFailed or DeadlinePassed
 */
export async function assertEngineRuns(cluster: Cluster, { job, pod }: DeploymentObjects): Promise<void> {
  const state = job === undefined ? undefined : jobState(job);
  if (state?.state === 'running' && pod !== undefined && condition(pod, 'Ready') !== undefined) return;
  if (state?.state === 'failed' && state.reason === 'DeadlineExceeded') {
    throw new StepBenchError(ErrorName.DeadlinePassed, 'The deployment’s deadline ended its engine.', {
      nextStep: 'Raise budgetUsd, or measure fewer cells on a deployment.',
    });
  }
  const how = pod === undefined ? 'its pod is gone' : terminations(pod) || 'its Job has ended';
  throw new StepBenchError(ErrorName.EngineFailed, `The engine died: ${how}.${await logTail(cluster, pod)}`, {
    nextStep: 'Its log is the place to look; less memory or fewer sequences may keep it alive.',
  });
}
