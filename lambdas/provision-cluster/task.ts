import type { ManagedCluster } from '#core/ports/managed-clusters.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';
import { assertBefore } from '../cluster/deadline.ts';
import { assertAtWork } from '../cluster/make.ts';

/** Creates the cluster or takes the one that is there, and sees to our access to it. */
export const provisionCluster =
  ({ clusters, clock, store }: Pick<Ports, 'clusters' | 'clock' | 'store'>): TaskHandler<'ProvisionCluster'> =>
  async ({ run, cluster, deadline }) => {
    assertBefore(deadline, clock, `Cluster ${cluster.name} is not there yet`);
    let found = await clusters.describe(cluster.name);
    if (found === undefined) {
      // A release finds no cluster that is not there yet: of a run that was stopped none may come after it.
      await assertAtWork(store, { run, deadline });
      await clusters.create({ name: cluster.name, version: cluster.version });
      found = await clusters.describe(cluster.name);
    }
    if (found !== undefined) refuseForeign(found);
    switch (found?.status) {
      case 'ACTIVE':
        await clusters.ensureAccess(cluster.name);
        return { status: 'done' };
      case 'FAILED':
        throw new StepBenchError(
          ErrorName.ClusterFailed,
          `Cluster ${cluster.name} failed: ${found.reason ?? 'EKS does not say why'}.`,
          {
            nextStep: 'Delete it, or name another cluster in the matrix.',
          },
        );
      default:
        // Being made, changed or deleted: in the last case it is made again once it is gone.
        return { status: 'pending' };
    }
  };

/** Whoever made it would find nodes, roles and a namespace in it. */
function refuseForeign({ name, offLimits }: ManagedCluster): void {
  if (offLimits !== true) return;
  throw new StepBenchError(ErrorName.ClusterFailed, `Cluster ${name} was not made by this stack: it is left alone.`, {
    nextStep:
      'Name another cluster in the matrix (cluster.name), or list this one under cluster.foreignClusters in the configuration of the stack and deploy it again.',
  });
}
