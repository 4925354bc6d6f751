import type { KubernetesObject } from '#core/ports/cluster.ts';

/**
 * Without it EKS accepts every NetworkPolicy and enforces none. It is for the whole cluster, whose other pods may
 * have policies that nobody has ever tried: only a cluster of ours gets it.
 */
export const networkPolicyController: KubernetesObject & { data: Record<string, string> } = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'amazon-vpc-cni', namespace: 'kube-system' },
  data: { 'enable-network-policy-controller': 'true' },
};
