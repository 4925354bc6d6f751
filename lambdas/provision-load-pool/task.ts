import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { make } from '../cluster/make.ts';
import { readPlan } from '../store/plan.ts';

/** The pool of CPU nodes: for staging models, and for the load generators, whose places are held in time. */
export const provisionLoadPool =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'ProvisionLoadPool'> =>
  async ({ run, cluster: target, deadline }) => {
    const { loadPool } = await readPlan(store, run);
    const cluster = await connect(target.name);
    const pool = loadNodePool({ run, deadline, nowMs: clock.nowMs(), ...loadPool });
    await make({ cluster, store }, { run, deadline }, pool);
    return { nodePool: pool.metadata.name };
  };
