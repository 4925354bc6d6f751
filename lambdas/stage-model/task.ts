import { stageJob } from '#core/cluster/manifests/stage-job.ts';
import { loadNodePoolName, NAMESPACE } from '#core/cluster/names.ts';
import { jobState } from '#core/cluster/observe/job.ts';
import { STAGER_DISK_GIB, stager } from '#core/cluster/stager.ts';
import { modelHash, stagedKey, weightsPrefix } from '#core/engines/weights.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { seeLoadNodes } from '../cluster/load-nodes.ts';
import { make } from '../cluster/make.ts';
import { readPlan } from '../store/plan.ts';

/** Weights and tokenizer into the bucket, before any GPU is paid for; once for all runs of a model. */
export const stageModel =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'StageModel'> =>
  async ({ run, cluster: target, deadline }) => {
    const plan = await readPlan(store, run);
    if (plan.staging === 'hub') return { status: 'done' };
    assertBefore(deadline, clock, 'The model is not in the bucket yet');
    const cluster = await connect(target.name);
    const staged = await Promise.all(
      plan.models.map(async (model) => {
        if ((await store.get(stagedKey(model))) !== undefined) return true;
        const job = stageJob({
          run,
          model,
          modelHash: modelHash(model),
          nodePool: loadNodePoolName(run, deadline),
          deadline,
          nowMs: clock.nowMs(),
          stager,
          resultsBucket: store.bucket,
          destination: weightsPrefix(model),
          diskGiB: STAGER_DISK_GIB,
        });
        await make({ cluster, store }, { run, deadline }, job);
        return finished(cluster, job.metadata.name, model);
      }),
    );
    if (staged.some(Boolean)) await seeLoadNodes({ store, clock }, cluster, run);
    return { status: staged.every(Boolean) ? 'done' : 'pending' };
  };

async function finished(cluster: Cluster, name: string, model: string): Promise<boolean> {
  const job = await cluster.get({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name });
  const state = job === undefined ? undefined : jobState(job);
  if (state?.state !== 'failed') return state?.state === 'complete';
  throw new StepBenchError(ErrorName.EngineFailed, `${model} could not be staged: ${state.reason} ${state.message}`, {
    nextStep: 'Check the model’s name and the access token, or set staging to "hub".',
  });
}
