import { gpuNodePoolName } from '#core/cluster/names.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { TaskHandler } from '#core/workflow/tasks.ts';
import { releaseDeployment as release } from '../cluster/release.ts';

/** The deployment's engine, loads and node away, and the proof of it. */
export const releaseDeployment =
  (ports: Pick<Ports, 'connect' | 'clusters' | 'store' | 'clock'>): TaskHandler<'ReleaseDeployment'> =>
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
    return { status: gone ? 'done' : 'pending' };
  };
