import { describe, expect, inject, test } from 'vitest';
import { KUBERNETES_ACTORS, KUBERNETES_RULES, type PolicyRule } from '#core/cluster/access.ts';
import { NAMESPACE, TELEMETRY_NAMESPACE } from '#core/cluster/names.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import { type Actor, connectAs } from './cluster/test-cluster.ts';

interface Kind {
  apiGroup: string;
  apiVersion: string;
  kind: string;
  resource: string;
  namespace?: string;
}

const inNamespace = (apiVersion: string, kind: string, resource: string, namespace = NAMESPACE): Kind => ({
  apiGroup: apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '',
  apiVersion,
  kind,
  resource,
  namespace,
});
const clusterWide = (apiVersion: string, kind: string, resource: string): Kind => {
  const { namespace: _, ...rest } = inNamespace(apiVersion, kind, resource);
  return rest;
};

const RBAC = 'rbac.authorization.k8s.io/v1';

/** What the tasks touch, and what nobody of them may. */
const KINDS: Kind[] = [
  inNamespace('batch/v1', 'Job', 'jobs'),
  inNamespace('v1', 'Service', 'services'),
  inNamespace('v1', 'Pod', 'pods'),
  inNamespace('v1', 'Event', 'events'),
  inNamespace('v1', 'Event', 'events', 'default'),
  inNamespace('v1', 'Secret', 'secrets'),
  inNamespace('v1', 'ConfigMap', 'configmaps'),
  inNamespace('v1', 'ServiceAccount', 'serviceaccounts'),
  inNamespace(RBAC, 'Role', 'roles'),
  inNamespace(RBAC, 'RoleBinding', 'rolebindings'),
  inNamespace('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  inNamespace('batch/v1', 'Job', 'jobs', 'default'),
  inNamespace('v1', 'Pod', 'pods', 'kube-system'),
  inNamespace('v1', 'Pod', 'pods', TELEMETRY_NAMESPACE),
  inNamespace('apps/v1', 'DaemonSet', 'daemonsets', TELEMETRY_NAMESPACE),
  inNamespace('v1', 'Secret', 'secrets', 'kube-system'),
  clusterWide('karpenter.sh/v1', 'NodePool', 'nodepools'),
  clusterWide('karpenter.sh/v1', 'NodeClaim', 'nodeclaims'),
  clusterWide('eks.amazonaws.com/v1', 'NodeClass', 'nodeclasses'),
  clusterWide('v1', 'Node', 'nodes'),
  clusterWide('v1', 'Namespace', 'namespaces'),
  clusterWide(RBAC, 'ClusterRole', 'clusterroles'),
  clusterWide(RBAC, 'ClusterRoleBinding', 'clusterrolebindings'),
];

const VERBS = ['get', 'list', 'delete', 'apply'] as const;
type Verb = (typeof VERBS)[number];

/** Of no object that there is, and of no name that an object can have: whoever is allowed to changes nothing by it. */
const NAME = 'no-such-object';

const attempt = (cluster: Cluster, verb: Verb, { apiVersion, kind, namespace }: Kind): Promise<unknown> => {
  const within = namespace === undefined ? {} : { namespace };
  const ref = { apiVersion, kind, name: NAME, ...within };
  switch (verb) {
    case 'get':
      return cluster.get(ref);
    case 'delete':
      return cluster.delete(ref);
    case 'list':
      return cluster.list({ apiVersion, kind, ...within });
    case 'apply':
      return cluster.apply({ apiVersion, kind, metadata: { name: NAME, ...within, labels: { bad: '/' } } });
  }
};

async function isAllowed(cluster: Cluster, verb: Verb, kind: Kind): Promise<boolean> {
  const refused = await attempt(cluster, verb, kind).then(
    () => undefined,
    (error: Error) => error,
  );
  // The server is done with who asks before it looks at what.
  if (refused === undefined || /Kubernetes refused/.test(refused.message)) return true;
  expect(refused.name).toBe('ClusterFailed');
  // In the words in which whoever repairs it thinks: the verb and what it is about.
  expect(refused.message).toMatch(/does not allow this function/);
  expect(refused.message).toContain(kind.resource);
  return false;
}

const grants = (rules: readonly PolicyRule[], verb: string, { apiGroup, resource }: Kind): boolean =>
  rules.some((rule) => rule.apiGroups[0] === apiGroup && rule.resources[0] === resource && rule.verbs.includes(verb));

function isGranted(who: Actor | 'nobody', verb: Verb, kind: Kind): boolean {
  if (who === 'nobody') return false;
  const { namespaced, clusterWide: wide, inDefault, inTelemetry = [] } = KUBERNETES_RULES[who];
  const rules =
    { [NAMESPACE]: namespaced, [TELEMETRY_NAMESPACE]: inTelemetry, default: inDefault, '': wide }[
      kind.namespace ?? ''
    ] ?? [];
  return (verb === 'apply' ? ['create', 'patch'] : [verb]).every((one) => grants(rules, one, kind));
}

describe('what a group may do is what its function needs, and the server refuses all else', () => {
  const kubernetes = inject('kubernetes');

  test.each([...KUBERNETES_ACTORS, 'nobody' as const])('%s', async (who) => {
    const cluster = connectAs(kubernetes, who);
    const may: string[] = [];
    const should: string[] = [];
    for (const kind of KINDS) {
      for (const verb of VERBS) {
        const words = `${verb} ${kind.resource} in ${kind.namespace ?? 'the cluster'}`;
        if (await isAllowed(cluster, verb, kind)) may.push(words);
        if (isGranted(who, verb, kind)) should.push(words);
      }
    }
    expect(may).toEqual(should);
  });

  test('who may read logs reads them, and nobody else', async () => {
    const query = { namespace: NAMESPACE, pod: NAME, container: 'main', tailLines: 1 };
    for (const who of [...KUBERNETES_ACTORS, 'nobody' as const]) {
      const answer = connectAs(kubernetes, who).logs(query);
      const may = who !== 'nobody' && KUBERNETES_RULES[who].namespaced.some((rule) => rule.resources[0] === 'pods/log');
      if (may) await expect(answer).resolves.toBe('');
      else await expect(answer).rejects.toThrow(/does not allow/);
    }
  });
});
