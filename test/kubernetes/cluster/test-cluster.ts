import { type KubernetesClusterOptions, kubernetesCluster } from '#aws/kubernetes/kubernetes-cluster.ts';
import type { KUBERNETES_ACTORS } from '#core/cluster/access.ts';
import type { Cluster } from '#core/ports/cluster.ts';

/** Roles of people who are let look into the cluster: one that stays, and one that the stack names no more in the end. */
export const OPERATORS = {
  operator: 'arn:aws:iam::111122223333:role/Operator',
  formerOperator: 'arn:aws:iam::111122223333:role/team/Former',
} as const;

export type Actor = (typeof KUBERNETES_ACTORS)[number];
export type Who = 'admin' | 'nobody' | Actor | keyof typeof OPERATORS;

/** How to reach the cluster that stands for the time of all tests: no more than can be handed from process to process. */
export interface TestCluster {
  server: string;
  /** Base64 of the PEM. */
  caData: string;
  /** Bearer tokens; each but the admin's is in the one group that its function's or operator's role has in AWS. */
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
