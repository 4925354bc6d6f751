import { gpuNodePoolName, loadNodePoolName } from '#core/cluster/names.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { seeLoadNodes } from '../cluster/load-nodes.ts';
import { type LoadPoolRequest, releaseLoadPool } from '../cluster/load-pool.ts';
import { releaseDeployment as release } from '../cluster/release.ts';
import { SharedLook } from '../cluster/shared-look.ts';
import { findRecord } from '../store/deployment-record.ts';
import type { StoredPlan } from '../store/plan.ts';
import { planAtWork } from '../store/plan-at-work.ts';

type ReleasePorts = Pick<Ports, 'connect' | 'clusters' | 'store' | 'clock'>;

/** The deployment's engine, loads and node away, and the proof of it. */
export const releaseDeployment =
  (ports: ReleasePorts): TaskHandler<'ReleaseDeployment'> =>
  async ({ run, cluster, deployment, attempt, deploymentDeadline: deadline, node, failure }) => {
    const gone = await release(ports, {
      run,
      attempt,
      clusterName: cluster.name,
      deployment,
      deadline,
      nodePool: gpuNodePoolName(run, deployment, deadline),
      node,
      failure,
    });
    await letLoadPoolGo(ports, { run, attempt, clusterName: cluster.name }).catch(leftToReleaseRun);
    return { status: gone ? 'done' : 'pending' };
  };

/** Whether this deployment is gone does not hang on it, and ReleaseRun asks for those nodes until they are. */
const leftToReleaseRun = () => {};

/** With the last cell the load generators' nodes have nothing left to do: they go together with the last GPU. */
async function letLoadPoolGo(ports: ReleasePorts, request: Omit<LoadPoolRequest, 'nodePool'>): Promise<void> {
  const cluster = await ports.connect(request.clusterName);
  await seeLoadNodes(ports, cluster, request.run);
  const plan = await planAtWork(ports.store, request.run);
  if (plan.attempt !== request.attempt) return;
  // Many deployments may end at once, and each would look at all the others.
  await looks.at(plan, async () => {
    if (!(await everyDeploymentEnded(ports.store, plan))) return;
    const nodePool = loadNodePoolName(request.run, plan.deadline);
    await releaseLoadPool(ports, cluster, { ...request, nodePool });
  });
}

const looks = new SharedLook<StoredPlan, void>();

/** By plan: its deployments of which no record was seen yet. */
const unrecorded = new WeakMap<StoredPlan, string[]>();

/**
 * A deployment is recorded when its release begins, and its cells have ended then; its record stays. So one without a
 * record is all that is looked for, from the end of the plan, where they are begun last.
 */
async function everyDeploymentEnded(store: Ports['store'], plan: StoredPlan): Promise<boolean> {
  const { run, attempt } = plan;
  const waiting = unrecorded.get(plan) ?? [...plan.deploymentIds];
  unrecorded.set(plan, waiting);
  for (let last = waiting.at(-1); last !== undefined; last = waiting.at(-1)) {
    if ((await findRecord(store, { run, deployment: last, attempt })) === undefined) return false;
    waiting.pop();
  }
  return true;
}
