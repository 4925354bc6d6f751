import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  type EKSClient,
  ListAssociatedAccessPoliciesCommand,
} from '@aws-sdk/client-eks';
import { eks, ifFound, ifNew } from './eks-call.ts';
import { NotLetInYet } from './patience.ts';

interface Admin {
  clusterName: string;
  /** The role of this function. */
  principalArn: string;
  tags: Record<string, string>;
}

/**
 * Until when rights that have no effect yet stay for the next try: all tries of the state machine are over by then.
 * Taken away after each, they would begin to take effect anew at every one, and maybe never come to it.
 */
const LONGEST_MS = 10 * 60_000;

/** In the partition of the role: `aws`, `aws-cn`, `aws-us-gov`. */
const adminPolicyArn = (principalArn: string): string =>
  `arn:${principalArn.split(':')[1]}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;

/**
 * Makes the role of this function admin of the cluster, for the work and no longer: whatever comes of it, the rights
 * are given up, and an error while they are is the one that is told. Rights that a call left which was killed are
 * used, and given up, by the next one. Of AWS's access policies only that of the cluster admin lets anybody make
 * ClusterRoles. The entry stays: without a policy and without groups it gives no right.
 *
 * @throws NotLetInYet with the rights still there, but for those that have been without effect for too long.
 */
export async function asAdmin<T>(client: EKSClient, admin: Admin, work: () => Promise<T>): Promise<T> {
  const sinceMs = await takeRights(client, admin);
  let outcome: T;
  try {
    outcome = await work();
  } catch (error) {
    if (!(error instanceof NotLetInYet) || Date.now() - sinceMs > LONGEST_MS) await giveUpRights(client, admin);
    throw error;
  }
  await giveUpRights(client, admin);
  return outcome;
}

/** @returns since when the role has the rights, in milliseconds since the epoch. */
async function takeRights(client: EKSClient, admin: Admin): Promise<number> {
  const { clusterName, principalArn, tags } = admin;
  const isNew = await eks(`CreateAccessEntry in ${clusterName} for the admin`, () =>
    ifNew(client.send(new CreateAccessEntryCommand({ clusterName, principalArn, tags }))),
  );
  const had = isNew ? undefined : await rightsSince(client, admin);
  if (had?.isForAll) return had.sinceMs;
  const policyArn = adminPolicyArn(principalArn);
  await eks(`AssociateAccessPolicy in ${clusterName}`, () =>
    client.send(
      new AssociateAccessPolicyCommand({ clusterName, principalArn, policyArn, accessScope: { type: 'cluster' } }),
    ),
  );
  return Date.now();
}

type OfEntry = Pick<Admin, 'clusterName' | 'principalArn'>;

/** Undefined where the role has none, no entry, or no cluster to have them in. */
async function rightsSince(client: EKSClient, { clusterName, principalArn }: OfEntry) {
  const found = await eks(`ListAssociatedAccessPolicies in ${clusterName}`, () =>
    ifFound(client.send(new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn }))),
  );
  const policyArn = adminPolicyArn(principalArn);
  const had = found?.associatedAccessPolicies?.find((one) => one.policyArn === policyArn);
  if (had === undefined) return undefined;
  return { sinceMs: had.associatedAt?.getTime() ?? Date.now(), isForAll: had.accessScope?.type === 'cluster' };
}

/** Every call that takes over rights gives them up within its 60 s, and none takes over what is older than ten minutes for long. */
const LEFT_MS = LONGEST_MS + 5 * 60_000;

/**
 * Takes away rights that nobody has given up for so long that whoever took them was killed.
 * @returns whether there were any.
 */
export async function endLeftRights(client: EKSClient, of: OfEntry): Promise<boolean> {
  const had = await rightsSince(client, of);
  if (had === undefined || Date.now() - had.sinceMs <= LEFT_MS) return false;
  await giveUpRights(client, of);
  return true;
}

async function giveUpRights(client: EKSClient, { clusterName, principalArn }: OfEntry): Promise<void> {
  const policyArn = adminPolicyArn(principalArn);
  await eks(`DisassociateAccessPolicy in ${clusterName}`, () =>
    ifFound(client.send(new DisassociateAccessPolicyCommand({ clusterName, principalArn, policyArn }))),
  );
}
