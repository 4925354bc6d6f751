import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandOutput,
  type EC2Client,
  type Filter,
  type Instance,
} from '@aws-sdk/client-ec2';
import type { ClusterInstance } from '#core/ports/managed-clusters.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

const POOL_TAG = 'eks:kubernetes-node-pool-name';

/** Auto Mode's own tag: its policies let it launch nothing without. The other is set by EKS for node groups. */
const CLUSTER_TAGS = ['eks:eks-cluster-name', 'aws:eks:cluster-name'];

/** `stopping` and `stopped` do not happen to Auto Mode's instances, and a stopped one costs no GPU. */
const STATES = ['pending', 'running', 'shutting-down'];

/**
 * Instances of a cluster's node pools that EC2 still has. EC2 hides what a service manages from whoever does not
 * ask for it. The cluster is looked for here and not by a filter: filters are ANDed, and a node whose tags are
 * not as they were expected must not pass for a node that is gone.
 */
export async function clusterInstances(
  client: EC2Client,
  { cluster, nodePool }: { cluster: string; nodePool?: string },
): Promise<ClusterInstance[]> {
  const filters: Filter[] = [
    { Name: 'instance-state-name', Values: STATES },
    nodePool === undefined ? { Name: 'tag-key', Values: [POOL_TAG] } : { Name: `tag:${POOL_TAG}`, Values: [nodePool] },
  ];
  const found: ClusterInstance[] = [];
  let token: string | undefined;
  do {
    const page: DescribeInstancesCommandOutput = await calling(
      { api: 'ec2:DescribeInstances', terminal: ErrorName.ClusterFailed },
      () =>
        client.send(
          new DescribeInstancesCommand({
            Filters: filters,
            IncludeManagedResources: true,
            MaxResults: 1000,
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        ),
    );
    const instances = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
    found.push(...instances.filter((instance) => isOf(cluster, instance)).map(described));
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return found;
}

const tagOf = ({ Tags = [] }: Instance, key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value;

/** One that names no cluster may be of any. */
function isOf(cluster: string, instance: Instance): boolean {
  const named = CLUSTER_TAGS.map((tag) => tagOf(instance, tag)).filter((name) => name !== undefined);
  return named.length === 0 || named.includes(cluster);
}

const described = (instance: Instance): ClusterInstance => ({
  id: instance.InstanceId ?? '',
  instanceType: instance.InstanceType ?? '',
  zone: instance.Placement?.AvailabilityZone ?? '',
  state: instance.State?.Name as ClusterInstance['state'],
  nodePool: tagOf(instance, POOL_TAG) ?? '',
  launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
});
