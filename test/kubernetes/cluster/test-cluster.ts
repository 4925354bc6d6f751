import { type KubernetesClusterOptions, kubernetesCluster } from '#aws/kubernetes/kubernetes-cluster.ts';
import type { KUBERNETES_ACTORS } from '#core/cluster/access.ts';
import type { Cluster } from '#core/ports/cluster.ts';

export type Who = 'admin' | 'nobody' | (typeof KUBERNETES_ACTORS)[number];

/** How to reach the cluster that stands for the time of all tests: no more than can be handed from process to process. */
export interface TestCluster {
  server: string;
  /** Base64 of the PEM. */
  caData: string;
  /** Bearer tokens; each but the admin's is in the one group that its function has in AWS. */
  tokens: Record<Who, string>;
  /** Key and certificate of 127.0.0.1, signed by that authority. */
  keyFile: string;
  certificateFile: string;
  /** Of the NodePools after which a file in it is named no zone has an instance. */
  outOfCapacityFolder: string;
  /** What the log of every container consists of. */
  containerLogFile: string;
}

export const connectAs = (
  { server, caData, tokens }: TestCluster,
  who: Who,
  options: KubernetesClusterOptions = {},
): Cluster => kubernetesCluster({ server, caData, token: async () => tokens[who] }, options);
