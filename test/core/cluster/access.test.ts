import { describe, expect, it } from 'vitest';
import {
  accessManifests,
  groupOf,
  KUBERNETES_ACTORS,
  KUBERNETES_RULES,
  type PolicyRule,
  telemetryManifests,
} from '#core/cluster/access.ts';
import { TELEMETRY_NAMESPACE } from '#core/cluster/names.ts';
import type { AnyObject } from '#core/ports/cluster.ts';
import { TASK_NAMES, TASKS } from '#core/workflow/tasks.ts';

const rulesOf = (actor: (typeof KUBERNETES_ACTORS)[number]): PolicyRule[] =>
  Object.values(KUBERNETES_RULES[actor]).flat();

describe('rights in a cluster', () => {
  it('are given to the tasks that speak to one, and to the guards', () => {
    // ProvisionCluster is admin while it applies these very rights, and nothing afterwards.
    const speaking = TASK_NAMES.filter(
      (name) => name !== 'ProvisionCluster' && TASKS[name].needs.includes('kubernetes'),
    );
    expect([...KUBERNETES_ACTORS].sort()).toEqual([...speaking, 'Guard', 'Janitor', 'Status'].sort());
  });

  it('name each group, resource and verb that they mean', () => {
    for (const rule of KUBERNETES_ACTORS.flatMap(rulesOf)) expect(JSON.stringify(rule)).not.toContain('*');
  });

  it('let nobody read a secret, enter a pod, or change who may do what', () => {
    const resources = new Set(KUBERNETES_ACTORS.flatMap(rulesOf).flatMap((rule) => rule.resources));
    expect([...resources].sort()).toEqual(
      ['events', 'jobs', 'nodeclaims', 'nodepools', 'nodes', 'pods', 'pods/log', 'services'].sort(),
    );
  });

  it('let those who only look or let go make nothing', () => {
    for (const actor of ['CheckJob', 'ReleaseDeployment', 'ReleaseRun', 'Guard', 'Janitor', 'Status'] as const) {
      const verbs = rulesOf(actor).flatMap((rule) => rule.verbs);
      expect(verbs).not.toEqual(expect.arrayContaining([expect.stringMatching(/create|patch|update/)]));
    }
    expect(new Set(rulesOf('Status').flatMap((rule) => rule.verbs))).toEqual(new Set(['get', 'list']));
  });

  it('let those see the nodes of the load generators who note them: it fails for nobody, so that nothing else tells', () => {
    for (const actor of ['StageModel', 'CheckModel', 'CheckJob', 'ReleaseDeployment'] as const) {
      expect(rulesOf(actor)).toContainEqual({
        apiGroups: ['karpenter.sh'],
        resources: ['nodeclaims'],
        verbs: ['list'],
      });
    }
  });

  it('are bound to groups that EKS lets an access entry have', () => {
    for (const actor of KUBERNETES_ACTORS) expect(groupOf(actor)).toMatch(/^stepbench:[a-z]+(-[a-z]+)*$/);
  });
});

describe('the manifests of access', () => {
  const manifests = accessManifests() as AnyObject[];

  it('begin with the namespace, and name nothing twice', () => {
    expect(manifests[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'stepbench' } });
    const names = [...manifests, ...(telemetryManifests() as AnyObject[])].map(({ kind, metadata }) =>
      [kind, metadata.namespace, metadata.name].join('/'),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('what tells of the GPUs', () => {
  const telemetry = telemetryManifests() as AnyObject[];

  it('stands in a namespace of its own, which is made first', () => {
    expect(telemetry[0]).toMatchObject({ kind: 'Namespace', metadata: { name: TELEMETRY_NAMESPACE } });
    const namespaces = new Set(telemetry.slice(1).map(({ metadata }) => metadata.namespace));
    expect([...namespaces]).toEqual([TELEMETRY_NAMESPACE]);
  });

  it('is found by whoever starts a load, and by nobody else', () => {
    const bound = telemetry.filter(({ kind }) => kind === 'RoleBinding') as unknown as { subjects: unknown[] }[];
    expect(bound.map(({ subjects }) => subjects)).toEqual([
      [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: groupOf('LaunchJob') }],
    ]);
    const roles = telemetry.filter(({ kind }) => kind === 'Role') as unknown as { rules: PolicyRule[] }[];
    expect(roles.flatMap(({ rules }) => rules)).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
  });
});
