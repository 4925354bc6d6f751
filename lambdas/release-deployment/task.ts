import { gpuNodePoolName, loadNodePoolName } from '#core/cluster/names.ts';
import type { Ports } from '#core/ports/ports.ts';
import { parseKey, recordsPrefix } from '#core/results/layout.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { seeLoadNodes } from '../cluster/load-nodes.ts';
import { type LoadPoolRequest, releaseLoadPool } from '../cluster/load-pool.ts';
import { releaseDeployment as release } from '../cluster/release.ts';
import { readPlan } from '../store/plan.ts';

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
  if (!(await everyDeploymentEnded(ports.store, request.run, request.attempt))) return;
  const plan = await readPlan(ports.store, request.run);
  const nodePool = loadNodePoolName(request.run, plan.deadline);
  await releaseLoadPool(ports, cluster, { ...request, nodePool });
}

/** A deployment is recorded when its release begins, and its cells have ended then. */
async function everyDeploymentEnded(store: Ports['store'], run: string, attempt: number): Promise<boolean> {
  const { deploymentIds } = await readPlan(store, run);
  const ended = new Set<string>();
  for await (const { key } of store.list(recordsPrefix(run))) {
    const parsed = parseKey(key);
    if (parsed?.kind === 'deployment-record' && parsed.attempt === attempt) ended.add(parsed.deployment);
  }
  return deploymentIds.every((id) => ended.has(id));
}
