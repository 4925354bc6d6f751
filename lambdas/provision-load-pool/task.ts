import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { stagedKey } from '#core/engines/weights.ts';
import { LOAD_DOWNLOAD_USD } from '#core/plan/estimate.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { make } from '../cluster/make.ts';
import { readPlan, type StoredPlan } from '../store/plan.ts';
import { announce } from '../store/purchase.ts';

/** The pool of CPU nodes: for staging models, and for the load generators, whose places are held in time. */
export const provisionLoadPool =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'ProvisionLoadPool'> =>
  async ({ run, cluster: target, deadline }) => {
    const plan = await readPlan(store, run);
    const { loadPool } = plan;
    const cluster = await connect(target.name);
    const pool = loadNodePool({ run, deadline, nowMs: clock.nowMs(), ...loadPool });
    // Of a delivery that comes after the run was taken over nothing is made.
    if (plan.deadline === deadline) {
      await announce(store, {
        schema_version: 1,
        ...{ run, attempt: plan.attempt, deployment: 'load', nodePool: pool.metadata.name, deadline },
        ...{ askedAt: isoTime(clock), nodes: loadPool.mostNodes, price: plan.estimate.loadNodePrice },
        ...{ downloadUsd: LOAD_DOWNLOAD_USD, stagingUsd: await toStageUsd(store, plan), emptyAt: null },
      });
    }
    await make({ cluster, store }, { run, deadline }, pool);
    return { nodePool: pool.metadata.name };
  };

/** What the weights cost that StageModel will find missing. */
async function toStageUsd(store: ObjectStore, { models, stagingUsd }: StoredPlan): Promise<number> {
  const missing = await Promise.all(
    models.map(async (model) => ((await store.get(stagedKey(model))) === undefined ? (stagingUsd[model] ?? 0) : 0)),
  );
  return missing.reduce((sum, usd) => sum + usd, 0);
}
