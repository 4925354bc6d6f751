import {
  CreatePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  type EKSClient,
  ListPodIdentityAssociationsCommand,
  type PodIdentityAssociation,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { STACK_TAG } from '#core/stack/environment.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { eks, ifNew } from './eks-call.ts';

interface PodRole {
  clusterName: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  stackName: string;
}

/**
 * Gives the pods of a service account their role. Two stacks cannot share a cluster: the pods of one would write to
 * the bucket of the other.
 * @throws StepBenchError ClusterFailed where another stack has the service account.
 */
export async function giveRole(client: EKSClient, wanted: PodRole): Promise<void> {
  const { clusterName, namespace, serviceAccount, roleArn, stackName } = wanted;
  const isNew = await eks(`CreatePodIdentityAssociation in ${clusterName}`, () =>
    ifNew(
      client.send(
        new CreatePodIdentityAssociationCommand({
          clusterName,
          namespace,
          serviceAccount,
          roleArn,
          tags: { [STACK_TAG]: stackName },
        }),
      ),
    ),
  );
  if (isNew) return;
  const found = await associationOf(client, wanted);
  if (found === undefined) {
    throw new StepBenchError(ErrorName.Retryable, `The role of ${serviceAccount} in ${clusterName} is being changed.`);
  }
  if (found.roleArn === roleArn) return;
  const owner = found.tags?.[STACK_TAG];
  if (owner !== undefined && owner !== stackName) {
    throw new StepBenchError(ErrorName.ClusterFailed, `Stack ${owner} works in cluster ${clusterName}.`, {
      nextStep: 'Name a cluster of your own in the matrix.',
    });
  }
  const { associationId } = found;
  await eks(`UpdatePodIdentityAssociation in ${clusterName}`, () =>
    client.send(new UpdatePodIdentityAssociationCommand({ clusterName, associationId, roleArn })),
  );
}

async function associationOf(
  client: EKSClient,
  { clusterName, namespace, serviceAccount }: PodRole,
): Promise<PodIdentityAssociation | undefined> {
  const { associations = [] } = await eks(`ListPodIdentityAssociations in ${clusterName}`, () =>
    client.send(new ListPodIdentityAssociationsCommand({ clusterName, namespace, serviceAccount })),
  );
  const associationId = associations[0]?.associationId;
  if (associationId === undefined) return undefined;
  const { association } = await eks(`DescribePodIdentityAssociation in ${clusterName}`, () =>
    client.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
  );
  return association;
}
