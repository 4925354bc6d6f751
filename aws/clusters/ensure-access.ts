import type { Cluster as EksCluster } from '@aws-sdk/client-eks';
import { accessManifests, groupOf, KUBERNETES_ACTORS, telemetryManifests } from '#core/cluster/access.ts';
import { NAMESPACE, ServiceAccount } from '#core/cluster/names.ts';
import { operatorGroup, operatorManifests } from '#core/cluster/operators.ts';
import type { Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { type ClusterSettings, STACK_TAG } from '#core/stack/environment.ts';
import { ErrorName, isError, StepBenchError } from '#core/workflow/errors.ts';
import { letIn } from './access-entries.ts';
import type { ClusterClients } from './clients.ts';
import { isOurs } from './description.ts';
import { dropUnmirrored, mirroredSecrets } from './mirrored-secrets.ts';
import { networkPolicyController } from './network-policy.ts';
import { asAdmin } from './own-admin.ts';
import { NotLetInYet, onceLetIn, type Patience } from './patience.ts';
import { giveRole } from './pod-identity.ts';

export interface AccessParts {
  clients: ClusterClients;
  settings: ClusterSettings;
  connectAsAdmin: (clusterName: string) => Promise<Cluster>;
  patience: Patience;
}

/**
 * Lets the tasks and their pods into a cluster, each with the rights that it needs. What takes effect late is asked
 * for first; what holds the rights of an admin is last, and as short as can be. Everything converges: called again
 * it changes nothing, and called after a new version of the stack it brings the cluster up to it.
 */
export async function ensureAccess(parts: AccessParts, cluster: EksCluster): Promise<void> {
  const { clients, settings } = parts;
  const clusterName = cluster.name as string;
  const tags = { [STACK_TAG]: settings.stackName };
  refuseUnusable(cluster);
  const manifests = [...(await mirroredSecrets(clients.secrets, settings))];
  await giveRoles(parts, clusterName);
  for (const actor of KUBERNETES_ACTORS) {
    const principalArn = settings.taskRoleArns[actor];
    if (principalArn === undefined) continue;
    await letIn(clients.eks, { clusterName, principalArn, groups: [groupOf(actor)], tags });
  }
  for (const principalArn of settings.operatorRoleArns) {
    await letIn(clients.eks, { clusterName, principalArn, groups: [operatorGroup(principalArn)], tags });
  }
  const principalArn = ownRole(settings);
  const ours = isOurs(cluster, settings);
  await asAdmin(clients.eks, { clusterName, principalArn, tags }, () =>
    apply(
      parts,
      clusterName,
      [
        ...accessManifests(),
        ...operatorManifests(settings.operatorRoleArns),
        ...(ours ? [networkPolicyController] : []),
        ...manifests,
      ],
      ours ? telemetryManifests() : [],
    ),
  );
}

/** Of a cluster that is not ours, which is taken as it stands. */
function refuseUnusable({ name, accessConfig, computeConfig }: EksCluster): void {
  if (accessConfig?.authenticationMode === 'CONFIG_MAP') {
    throw new StepBenchError(ErrorName.ClusterFailed, `Cluster ${name} knows no access entries.`, {
      nextStep: 'Set its authentication mode to API_AND_CONFIG_MAP, or name another cluster in the matrix.',
    });
  }
  if (computeConfig?.enabled !== true) {
    throw new StepBenchError(ErrorName.ClusterFailed, `Cluster ${name} is no EKS Auto Mode cluster.`, {
      nextStep: 'Turn Auto Mode on, or name another cluster in the matrix.',
    });
  }
}

async function giveRoles({ clients, settings }: AccessParts, clusterName: string): Promise<void> {
  const { podRoleArn, stagingRoleArn, weightsRoleArn, stackName } = settings;
  const roles = {
    [ServiceAccount.artifacts]: podRoleArn,
    [ServiceAccount.staging]: stagingRoleArn,
    [ServiceAccount.weights]: weightsRoleArn,
  };
  for (const [serviceAccount, roleArn] of Object.entries(roles)) {
    if (roleArn === undefined) continue;
    await giveRole(clients.eks, { clusterName, namespace: NAMESPACE, serviceAccount, roleArn, stackName });
  }
}

function ownRole({ taskRoleArns }: ClusterSettings): string {
  if (taskRoleArns.ProvisionCluster !== undefined) return taskRoleArns.ProvisionCluster;
  throw new StepBenchError(ErrorName.ClusterFailed, 'The stack does not say which role ProvisionCluster has.', {
    nextStep: 'Deploy the stack again.',
  });
}

async function apply(
  { connectAsAdmin, patience, settings }: AccessParts,
  clusterName: string,
  manifests: readonly KubernetesObject[],
  optional: readonly KubernetesObject[],
): Promise<void> {
  const startedMs = patience.nowMs();
  const cluster = await connectAsAdmin(clusterName);
  // Found out by what asks for no more than to be known: what is refused after it is refused for good.
  const probe = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' };
  await onceLetIn(patience, startedMs, () => cluster.get(probe)).catch((error: unknown) => {
    throw isError(error, ErrorName.Retryable) ? new NotLetInYet(error) : error;
  });
  for (const manifest of manifests) await onceLetIn(patience, startedMs, () => cluster.apply(manifest));
  await onceLetIn(patience, startedMs, () => dropUnmirrored(cluster, settings));
  await applyOptional(cluster, optional);
}

/** What is nice to have: the first that is refused ends it, and nothing else. Cells then have no figures of it. */
async function applyOptional(cluster: Cluster, manifests: readonly KubernetesObject[]): Promise<void> {
  try {
    for (const manifest of manifests) await cluster.apply(manifest);
  } catch (error) {
    console.warn(`GPU telemetry is not set up: ${(error as Error).message}`);
  }
}
