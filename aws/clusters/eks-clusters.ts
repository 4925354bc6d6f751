import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClusterCommand,
  type Cluster as EksCluster,
  UpdateClusterConfigCommand,
} from '@aws-sdk/client-eks';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ManagedClusters } from '#core/ports/managed-clusters.ts';
import type { ClusterSettings } from '#core/stack/environment.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { ClusterClients } from './clients.ts';
import { computeOff } from './compute-off.ts';
import { keepControlPlaneLogs } from './control-plane-logs.ts';
import { createRequest } from './create-request.ts';
import { isAllowed, isOurs, managedCluster } from './description.ts';
import { eks, ifFound, ifNew, isNamed } from './eks-call.ts';
import { ensureAccess } from './ensure-access.ts';
import { clusterInstances } from './instances.ts';
import { endLeftRights } from './own-admin.ts';
import { PATIENCE, type Patience } from './patience.ts';

/**
 * EKS Auto Mode clusters of the account. A cluster is ours when it has our stack's tag. Another one is left alone; one
 * that the stack is told to work in is used as it stands, and never deleted, switched off or reconfigured beyond the
 * access that tasks need.
 *
 * @throws StepBenchError Retryable, ClusterFailed.
 */
export function eksClusters(
  clients: ClusterClients,
  settings: ClusterSettings,
  connectAsAdmin: (clusterName: string) => Promise<Cluster>,
  patience: Patience = PATIENCE,
): ManagedClusters {
  const find = async (name: string): Promise<EksCluster | undefined> =>
    (await eks(`DescribeCluster of ${name}`, () => ifFound(clients.eks.send(new DescribeClusterCommand({ name })))))
      ?.cluster;

  /** The cluster, if it is there and not on its way out already. */
  const findToEnd = async (name: string): Promise<EksCluster | undefined> => {
    const found = await find(name);
    if (found === undefined || found.status === 'DELETING') return undefined;
    if (isOurs(found, settings)) return found;
    throw new StepBenchError(
      ErrorName.ClusterFailed,
      `Cluster ${name} is not of stack ${settings.stackName}: it is left alone.`,
    );
  };

  return {
    describe: async (name) => {
      const found = await find(name);
      return found && managedCluster(found, settings);
    },

    create: async ({ name, version }) => {
      await keepControlPlaneLogs(clients, settings, name);
      await eks(`CreateCluster ${name}`, () =>
        ifNew(clients.eks.send(new CreateClusterCommand(createRequest({ name, version }, settings)))),
      );
    },

    ensureAccess: async (name) => {
      const found = await find(name);
      if (found?.status !== 'ACTIVE' && found?.status !== 'UPDATING') {
        throw new StepBenchError(ErrorName.Retryable, `Cluster ${name} is ${found?.status ?? 'not there'}.`);
      }
      if (!isAllowed(found, settings)) {
        throw new StepBenchError(ErrorName.ClusterFailed, `Cluster ${name} is not of stack ${settings.stackName}.`);
      }
      if (isOurs(found, settings)) await keepControlPlaneLogs(clients, settings, name);
      await ensureAccess({ clients, settings, connectAsAdmin, patience }, found);
    },

    endLeftAdmin: async (name) => {
      const principalArn = settings.taskRoleArns.ProvisionCluster;
      return principalArn !== undefined && (await endLeftRights(clients.eks, { clusterName: name, principalArn }));
    },

    delete: async (name) => {
      if ((await findToEnd(name)) === undefined) return;
      await eks(`DeleteCluster ${name}`, () => whenFree(ifFound(clients.eks.send(new DeleteClusterCommand({ name })))));
    },

    disableCompute: async (name) => {
      if ((await findToEnd(name)) === undefined) return;
      await eks(`UpdateClusterConfig ${name}`, () =>
        whenFree(clients.eks.send(new UpdateClusterConfigCommand(computeOff(name)))),
      );
    },

    instances: (query) => clusterInstances(clients.ec2, query),
  };
}

/** While a cluster is being made or changed EKS refuses another change: it is asked again later. */
async function whenFree<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isNamed(error, 'ResourceInUseException')) throw error;
    throw new StepBenchError(ErrorName.Retryable, `EKS is busy with the cluster: ${(error as Error).message}`);
  }
}
