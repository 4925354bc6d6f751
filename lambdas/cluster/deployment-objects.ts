import { engineName, gpuNodePoolName, Label, NAMESPACE } from '#core/cluster/names.ts';
import { nodeName, youngest } from '#core/cluster/observe/pod.ts';
import type { AnyObject, Cluster, ClusterEvent } from '#core/ports/cluster.ts';

export interface DeploymentObjects {
  nodePool: AnyObject | undefined;
  job: AnyObject | undefined;
  pod: AnyObject | undefined;
  node: AnyObject | undefined;
}

/** What stands in the cluster of one deployment. */
export async function deploymentObjects(
  cluster: Cluster,
  run: string,
  deployment: string,
  deadline: string,
): Promise<DeploymentObjects> {
  const name = engineName(run, deployment, deadline);
  const [nodePool, job, pods] = await Promise.all([
    cluster.get({ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', name: gpuNodePoolName(run, deployment, deadline) }),
    cluster.get({ apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name }),
    jobPods(cluster, name),
  ]);
  const pod = youngest(pods);
  const node = pod && nodeName(pod);
  return {
    nodePool,
    job,
    pod,
    node: node === undefined ? undefined : await cluster.get({ apiVersion: 'v1', kind: 'Node', name: node }),
  };
}

export const jobPods = (cluster: Cluster, job: string): Promise<AnyObject[]> =>
  cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, labels: { [Label.jobName]: job } });

/**
 * Events that tell of capacity. NodeClaims are deleted and made again under new names that begin with their
 * pool's: their events outlive them. A type that no zone offers is told on the pool itself.
 */
export async function capacityEvents(
  cluster: Cluster,
  pod: AnyObject | undefined,
  nodePool: string,
): Promise<ClusterEvent[]> {
  const [claims, pools, pods] = await Promise.all([
    cluster.events({ kind: 'NodeClaim', namePrefix: nodePool }),
    cluster.events({ kind: 'NodePool', name: nodePool }),
    pod === undefined ? [] : cluster.events({ kind: 'Pod', name: pod.metadata.name, namespace: NAMESPACE }),
  ]);
  return [...pods, ...pools, ...claims];
}
