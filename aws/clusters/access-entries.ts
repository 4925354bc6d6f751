import {
  CreateAccessEntryCommand,
  DescribeAccessEntryCommand,
  type EKSClient,
  UpdateAccessEntryCommand,
} from '@aws-sdk/client-eks';
import { eks, ifNew } from './eks-call.ts';

interface Entry {
  clusterName: string;
  principalArn: string;
  /** In-cluster groups that the role belongs to; none of AWS's policies. */
  groups: string[];
  tags: Record<string, string>;
}

/** Lets a role into the cluster as a member of its groups, or changes the groups of the entry that it has. */
export async function letIn(client: EKSClient, { clusterName, principalArn, groups, tags }: Entry): Promise<void> {
  const isNew = await eks(`CreateAccessEntry in ${clusterName} for ${principalArn}`, () =>
    ifNew(client.send(new CreateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups: groups, tags }))),
  );
  if (isNew) return;
  const { accessEntry } = await eks(`DescribeAccessEntry in ${clusterName} for ${principalArn}`, () =>
    client.send(new DescribeAccessEntryCommand({ clusterName, principalArn })),
  );
  if (isSame(accessEntry?.kubernetesGroups ?? [], groups)) return;
  await eks(`UpdateAccessEntry in ${clusterName} for ${principalArn}`, () =>
    client.send(new UpdateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups: groups })),
  );
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();
