import type { KubernetesObject } from '../ports/cluster.ts';
import type { GuardName } from '../stack/environment.ts';
import type { TaskName } from '../workflow/task-signatures.ts';
import { gpuTelemetry } from './manifests/gpu-telemetry.ts';
import { namespaceObjects } from './manifests/namespace.ts';
import { networkPolicies } from './manifests/network-policies.ts';
import { Label, NAMESPACE, TELEMETRY_NAMESPACE } from './names.ts';

/**
 * Who may do what in a cluster: a group for every function that speaks to it, with the rights that its code uses and
 * no others. An access entry maps the function's role to its group.
 */
export type KubernetesActor = Extract<
  TaskName,
  | 'ExpandMatrix'
  | 'ProvisionLoadPool'
  | 'StageModel'
  | 'ProvisionNodePool'
  | 'DeployModel'
  | 'CheckModel'
  | 'LaunchJob'
  | 'CheckJob'
  | 'ReleaseDeployment'
  | 'ReleaseRun'
>;

export interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

export interface Rights {
  /** In the namespace `stepbench`. */
  namespaced: PolicyRule[];
  /** On what is in no namespace. */
  clusterWide: PolicyRule[];
  /** In the namespace of GPU telemetry, which only a cluster of ours has. */
  inTelemetry?: PolicyRule[];
  /** In the namespace `default`, where the API keeps the events of NodePools and NodeClaims. */
  inDefault: PolicyRule[];
}

export const rule = (apiGroup: string, resource: string, ...verbs: string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources: [resource],
  verbs,
});
const jobs = (...verbs: string[]) => rule('batch', 'jobs', ...verbs);
const services = (...verbs: string[]) => rule('', 'services', ...verbs);
const nodePools = (...verbs: string[]) => rule('karpenter.sh', 'nodepools', ...verbs);
const nodes = (...verbs: string[]) => rule('', 'nodes', ...verbs);

/** Server-side apply of what may not be there yet is both; what came too late is deleted again. */
const APPLY = ['create', 'patch', 'delete'] as const;
const MAKE = ['get', ...APPLY] as const;

const pods = rule('', 'pods', 'list');
const podLogs = rule('', 'pods/log', 'get');
const events = rule('', 'events', 'list');
const nodeClaims = rule('karpenter.sh', 'nodeclaims', 'list');
/** Whether the engine of a deployment still runs. */
const engine = { namespaced: [pods, podLogs], clusterWide: [nodePools('get'), nodes('get')], inDefault: [] };

const release: Rights = {
  namespaced: [jobs('get', 'list', 'delete'), services('list', 'delete'), pods],
  clusterWide: [nodePools('get', 'list', 'delete'), nodeClaims, nodes('get', 'list')],
  inDefault: [],
};

export const KUBERNETES_RULES: Readonly<Record<KubernetesActor | GuardName, Rights>> = {
  /** Whether a dead execution of the run has left nodes. */
  ExpandMatrix: { namespaced: [], clusterWide: [nodePools('get'), nodeClaims], inDefault: [] },
  ProvisionLoadPool: { namespaced: [], clusterWide: [nodePools(...MAKE)], inDefault: [] },
  StageModel: { namespaced: [jobs(...MAKE)], clusterWide: [nodeClaims], inDefault: [] },
  ProvisionNodePool: { namespaced: [], clusterWide: [nodePools(...APPLY)], inDefault: [] },
  DeployModel: { namespaced: [jobs(...MAKE), services(...MAKE)], clusterWide: [], inDefault: [] },
  CheckModel: {
    namespaced: [jobs(...MAKE), ...engine.namespaced, events],
    clusterWide: [...engine.clusterWide, nodeClaims],
    inDefault: [events],
  },
  LaunchJob: { ...engine, namespaced: [jobs(...MAKE), ...engine.namespaced], inTelemetry: [pods] },
  CheckJob: {
    ...engine,
    namespaced: [jobs('get'), ...engine.namespaced],
    clusterWide: [...engine.clusterWide, nodeClaims],
  },
  ReleaseDeployment: {
    namespaced: [jobs('get', 'list', 'delete'), services('delete'), pods],
    clusterWide: [nodePools('get', 'delete'), nodeClaims, nodes('get', 'list')],
    inDefault: [],
  },
  ReleaseRun: release,
  /** Both end runs as ReleaseRun does; the janitor deletes what is past its deadline, too. */
  Guard: release,
  Janitor: release,
  Status: {
    namespaced: [jobs('list'), pods, podLogs, events],
    clusterWide: [nodes('list')],
    inDefault: [events],
  },
};

export const KUBERNETES_ACTORS = Object.keys(KUBERNETES_RULES) as (keyof typeof KUBERNETES_RULES)[];

type Actor = (typeof KUBERNETES_ACTORS)[number];

const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();

/** The Kubernetes group that a function's access entry gives it. */
export const groupOf = (actor: Actor): string => `stepbench:${kebab(actor)}`;

export const RBAC = 'rbac.authorization.k8s.io';
const labels = { [Label.managedBy]: 'stepbench' };

/** The rights in one namespace, or in none, bound to the actor's group. */
function boundRole(actor: Actor, rules: PolicyRule[], namespace?: string): KubernetesObject[] {
  if (rules.length === 0) return [];
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const name = `stepbench-${kebab(actor)}`;
  const metadata = { name, labels, ...(namespace === undefined ? {} : { namespace }) };
  const role = { apiVersion: `${RBAC}/v1`, kind, metadata, rules };
  const binding = {
    apiVersion: `${RBAC}/v1`,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: RBAC, kind, name },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: groupOf(actor) }],
  };
  return [role, binding];
}

/**
 * Everything that must stand in a cluster before the first task speaks to it, in the order in which it is applied:
 * by whoever is admin of the cluster for that moment, and by nobody else.
 */
export const accessManifests = (): KubernetesObject[] => [
  ...namespaceObjects(),
  ...networkPolicies(),
  ...KUBERNETES_ACTORS.flatMap((actor) => {
    const { namespaced, clusterWide, inDefault } = KUBERNETES_RULES[actor];
    return [
      ...boundRole(actor, namespaced, NAMESPACE),
      ...boundRole(actor, inDefault, 'default'),
      ...boundRole(actor, clusterWide),
    ];
  }),
];

/** What tells of the GPUs of a cluster of ours, and who may find it there; likewise. */
export const telemetryManifests = (): KubernetesObject[] => [
  ...gpuTelemetry(),
  ...KUBERNETES_ACTORS.flatMap((actor) =>
    boundRole(actor, KUBERNETES_RULES[actor].inTelemetry ?? [], TELEMETRY_NAMESPACE),
  ),
];
