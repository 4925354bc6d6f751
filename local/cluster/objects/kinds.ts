/** API groups that hold a kind of the same name never meet here, so a kind alone says which it is. */
export const API_VERSION = {
  Pod: 'v1',
  Service: 'v1',
  Node: 'v1',
  Namespace: 'v1',
  Job: 'batch/v1',
  NodePool: 'karpenter.sh/v1',
  NodeClaim: 'karpenter.sh/v1',
} as const;

const CLUSTER_SCOPED = new Set([
  'Namespace',
  'Node',
  'NodePool',
  'NodeClaim',
  'NodeClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'StorageClass',
  'CustomResourceDefinition',
]);

export const isClusterScoped = (kind: string): boolean => CLUSTER_SCOPED.has(kind);

/**
 * Fields that the API server refuses to change. A NodePool has none: Karpenter takes new requirements and
 * lets what no longer fits them drift.
 */
export const IMMUTABLE: Record<string, readonly (readonly string[])[]> = {
  Job: [
    ['spec', 'template'],
    ['spec', 'selector'],
    ['spec', 'completions'],
    ['spec', 'completionMode'],
  ],
  Pod: [['spec']],
  NodeClaim: [['spec']],
};

export const fieldAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
