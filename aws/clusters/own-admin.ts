import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  type EKSClient,
} from '@aws-sdk/client-eks';
import { eks, ifFound, ifNew } from './eks-call.ts';

interface Admin {
  clusterName: string;
  /** The role of this function. */
  principalArn: string;
  tags: Record<string, string>;
}

/** In the partition of the role: `aws`, `aws-cn`, `aws-us-gov`. */
const adminPolicyArn = (principalArn: string): string =>
  `arn:${principalArn.split(':')[1]}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;

/**
 * Makes the role of this function admin of the cluster, for the work and no longer: whatever comes of it, the rights
 * are given up, and an error while they are is the one that is told. Of AWS's access policies only that of the
 * cluster admin lets anybody make ClusterRoles.
 */
export async function asAdmin<T>(client: EKSClient, admin: Admin, work: () => Promise<T>): Promise<T> {
  const isNew = await takeRights(client, admin);
  let outcome: T;
  try {
    outcome = await work();
  } catch (error) {
    await giveUpRights(client, admin, isNew);
    throw error;
  }
  await giveUpRights(client, admin, isNew);
  return outcome;
}

/** @returns whether the role had no entry before. */
async function takeRights(client: EKSClient, { clusterName, principalArn, tags }: Admin): Promise<boolean> {
  const isNew = await eks(`CreateAccessEntry in ${clusterName} for the admin`, () =>
    ifNew(client.send(new CreateAccessEntryCommand({ clusterName, principalArn, tags }))),
  );
  await eks(`AssociateAccessPolicy in ${clusterName}`, () =>
    client.send(
      new AssociateAccessPolicyCommand({
        clusterName,
        principalArn,
        policyArn: adminPolicyArn(principalArn),
        accessScope: { type: 'cluster' },
      }),
    ),
  );
  return isNew;
}

/** An entry that was there before us stays, without the rights: somebody else may have made it. */
async function giveUpRights(client: EKSClient, { clusterName, principalArn }: Admin, isOurs: boolean): Promise<void> {
  const policyArn = adminPolicyArn(principalArn);
  await eks(`DisassociateAccessPolicy in ${clusterName}`, () =>
    ifFound(client.send(new DisassociateAccessPolicyCommand({ clusterName, principalArn, policyArn }))),
  );
  if (!isOurs) return;
  await eks(`DeleteAccessEntry in ${clusterName} for the admin`, () =>
    ifFound(client.send(new DeleteAccessEntryCommand({ clusterName, principalArn }))),
  );
}
