import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { loadPoolWarmup } from '#core/cluster/manifests/load-pool-warmup.ts';
import { generatorFor } from '#core/generators/generators.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { applyOnce } from '../cluster/apply.ts';
import { readPlan } from '../store/plan.ts';

/** CPU nodes for the load generators, warm before the first engine is ready. */
export const provisionLoadPool =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'ProvisionLoadPool'> =>
  async ({ run, cluster: target, deadline }) => {
    const plan = await readPlan(store, run);
    const cluster = await connect(target.name);
    const pool = loadNodePool({ run, deadline, nowMs: clock.nowMs(), instanceType: plan.loadPool.instanceType });
    await applyOnce(cluster, pool);
    const { image } = generatorFor(plan.generator);
    await applyOnce(cluster, loadPoolWarmup({ run, deadline, nodePool: pool.metadata.name, image }));
    return { nodePool: pool.metadata.name };
  };
