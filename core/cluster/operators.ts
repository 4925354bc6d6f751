import { hash } from 'node:crypto';
import type { KubernetesObject } from '../ports/cluster.ts';
import { type PolicyRule, RBAC, rule } from './access.ts';
import { Label, NAMESPACE } from './names.ts';

/**
 * What a person may do who looks into a cluster and sends requests to an engine that is held. `kubectl port-forward`
 * asks for `get` or for `create`, by its version; nothing here changes anything.
 */
export const OPERATOR_RULES: { namespaced: PolicyRule[]; clusterWide: PolicyRule[] } = {
  namespaced: [
    rule('', 'pods', 'get', 'list', 'watch'),
    rule('', 'pods/log', 'get'),
    rule('', 'pods/portforward', 'get', 'create'),
    rule('', 'services', 'get', 'list'),
    rule('', 'events', 'get', 'list', 'watch'),
    rule('batch', 'jobs', 'get', 'list', 'watch'),
  ],
  clusterWide: [
    rule('', 'nodes', 'get', 'list'),
    rule('karpenter.sh', 'nodepools', 'get', 'list'),
    rule('karpenter.sh', 'nodeclaims', 'get', 'list'),
  ],
};

/**
 * A group for each operator's role: one that the stack names no more is bound to nothing any more, though EKS still
 * has its access entry.
 */
export const operatorGroup = (roleArn: string): string => `stepbench:operator-${hash('sha256', roleArn).slice(0, 12)}`;

const NAME = 'stepbench-operators';
const labels = { [Label.managedBy]: 'stepbench' };

/** The operators' rights, bound to those of now and to nobody else. */
export function operatorManifests(roleArns: readonly string[]): KubernetesObject[] {
  const subjects = roleArns.map((arn) => ({ apiGroup: RBAC, kind: 'Group', name: operatorGroup(arn) }));
  const bound = (kind: 'Role' | 'ClusterRole', rules: PolicyRule[], namespace: { namespace?: string }) => {
    const metadata = { name: NAME, labels, ...namespace };
    return [
      { apiVersion: `${RBAC}/v1`, kind, metadata, rules },
      {
        apiVersion: `${RBAC}/v1`,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: RBAC, kind, name: NAME },
        subjects,
      },
    ];
  };
  return [
    ...bound('Role', OPERATOR_RULES.namespaced, { namespace: NAMESPACE }),
    ...bound('ClusterRole', OPERATOR_RULES.clusterWide, {}),
  ];
}
