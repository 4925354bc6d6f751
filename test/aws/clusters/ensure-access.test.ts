import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessManifests, groupOf, telemetryManifests } from '#core/cluster/access.ts';
import { operatorGroup, operatorManifests } from '#core/cluster/operators.ts';
import { STACK_TAG } from '#core/stack/environment.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { type EksTest, NAME, role, startEksTest } from './eks-test.ts';
import { ADMIN_ROLE } from './guarded-cluster.ts';

let at: EksTest;
beforeEach(async () => {
  at = await startEksTest();
});
afterEach(() => at.close());

/** Policies of the role of ProvisionCluster itself. */
const adminRights = () => at.stub.state.entries.get(`${NAME} ${ADMIN_ROLE}`)?.policies ?? new Map<string, number>();

describe('clusters of EKS let in', () => {
  beforeEach(async () => {
    await at.open().create({ name: NAME, version: '1.36' });
    at.becomes('ACTIVE');
    at.stub.state.changes.length = 0;
  });

  it('each function with its group, and pods with their roles', async () => {
    await at.open().ensureAccess(NAME);
    const tags = { [STACK_TAG]: 'Bench' };
    const entry = (principalArn: string, ...kubernetesGroups: string[]) => ({ principalArn, kubernetesGroups, tags });
    expect([...at.stub.state.entries.values()]).toEqual([
      { ...entry(role('CheckModel'), groupOf('CheckModel')), policies: new Map() },
      { ...entry(role('Janitor'), groupOf('Janitor')), policies: new Map() },
      // Without a group and without a policy it has no right.
      { ...entry(ADMIN_ROLE), policies: new Map() },
    ]);
    expect([...at.stub.state.associations.values()]).toMatchObject([
      { namespace: 'stepbench', serviceAccount: 'stepbench-artifacts', roleArn: role('pods') },
      { namespace: 'stepbench', serviceAccount: 'stepbench-staging', roleArn: role('staging') },
      { namespace: 'stepbench', serviceAccount: 'stepbench-weights', roleArn: role('weights') },
    ]);
  });

  it('operators, each with a group of their own that is bound to looking and to forwarding ports', async () => {
    const operator = role('people/operator');
    await at.open({ operatorRoleArns: [operator] }).ensureAccess(NAME);
    const group = operatorGroup(operator);
    expect(at.stub.state.entries.get(`${NAME} ${operator}`)).toMatchObject({ kubernetesGroups: [group] });
    const subjects = () =>
      at.guarded.applied
        .filter(({ kind, metadata }) => kind.endsWith('Binding') && metadata.name === 'stepbench-operators')
        .map((binding) => (binding as unknown as { subjects: { name: string }[] }).subjects.map(({ name }) => name));
    expect(subjects()).toEqual([[group], [group]]);
    at.guarded.applied.length = 0;
    await at.open().ensureAccess(NAME);
    // One that the stack names no more has nothing any more.
    expect(subjects()).toEqual([[], []]);
  });

  it('their admin for as long as it takes to apply roles and policies, and nobody for longer', async () => {
    await at.open().ensureAccess(NAME);
    const kinds = at.guarded.applied.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(kinds).toEqual([
      ...[...accessManifests(), ...operatorManifests([])].map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      'ConfigMap amazon-vpc-cni',
      ...telemetryManifests().map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ]);
    expect(adminRights().size).toBe(0);
    expect(at.changes().slice(-3)).toEqual([
      `POST /clusters/${NAME}/access-entries`,
      `POST /clusters/${NAME}/access-entries/ProvisionCluster/access-policies`,
      expect.stringMatching(/^DELETE .*AmazonEKSClusterAdminPolicy$/),
    ]);
  });

  it('nothing new when they are asked again', async () => {
    await at.open().ensureAccess(NAME);
    const [entries, associations] = [new Map(at.stub.state.entries), new Map(at.stub.state.associations)];
    at.stub.state.changes.length = 0;
    await at.open().ensureAccess(NAME);
    expect(at.stub.state.entries).toEqual(entries);
    expect(at.stub.state.associations).toEqual(associations);
    expect(
      at.changes().filter((call) => !/access-entries(\/ProvisionCluster.*)?$|associations$|Policy$/.test(call)),
    ).toEqual([]);
  });

  it('a function with the groups of this version, where it had others', async () => {
    const entry = { principalArn: role('CheckModel'), kubernetesGroups: ['stepbench:old'], tags: {} };
    at.stub.state.entries.set(`${NAME} ${role('CheckModel')}`, { ...entry, policies: new Map() });
    await at.open().ensureAccess(NAME);
    expect(at.stub.state.entries.get(`${NAME} ${role('CheckModel')}`)?.kubernetesGroups).toEqual([
      groupOf('CheckModel'),
    ]);
  });

  it('their admin late, who waits for it', async () => {
    at.guarded.delays = { unknown: 4, forbidden: 3 };
    await at.open().ensureAccess(NAME);
    expect(at.slept).toBe(7_000);
    expect(at.guarded.applied.length).toBeGreaterThan(10);
  });

  it('their admin too late, who keeps what does not work yet for the next call: it comes to it, and gives it up', async () => {
    at.guarded.delayOfEach = 90;
    for (const _ of [1, 2]) {
      const before = at.slept;
      await expect(at.open().ensureAccess(NAME)).rejects.toMatchObject({ name: 'Retryable' });
      expect(at.slept - before).toBeLessThanOrEqual(35_000);
      expect(adminRights().size).toBe(1);
    }
    await at.open().ensureAccess(NAME);
    expect(adminRights().size).toBe(0);
    expect(at.guarded.applied.length).toBeGreaterThan(10);
  });

  it('nobody whose rights have had no effect for long: they are taken away, and asked for anew', async () => {
    at.guarded.delays = { unknown: 1000, forbidden: 0 };
    await expect(at.open().ensureAccess(NAME)).rejects.toMatchObject({ name: 'Retryable' });
    for (const policy of adminRights().keys()) adminRights().set(policy, Date.now() / 1000 - 11 * 60);
    await expect(at.open().ensureAccess(NAME)).rejects.toMatchObject({ name: 'Retryable' });
    expect(adminRights().size).toBe(0);
  });

  it('no admin any more when a manifest was refused', async () => {
    const error = new StepBenchError(ErrorName.ClusterFailed, 'no such version', { cause: new Error('422 no') });
    at.guarded.failing = { kind: 'NetworkPolicy', error };
    await expect(at.open().ensureAccess(NAME)).rejects.toThrow('no such version');
    expect(at.slept).toBe(0);
    expect(adminRights().size).toBe(0);
  });

  it('them without GPU telemetry, where that is refused', async () => {
    const error = new StepBenchError(ErrorName.ClusterFailed, 'SYS_ADMIN is not for you', {});
    at.guarded.failing = { kind: 'DaemonSet', error };
    await at.open().ensureAccess(NAME);
    expect(at.guarded.applied.length).toBeGreaterThan(accessManifests().length);
    expect(adminRights().size).toBe(0);
  });

  it('no role without its rights taken away that it had from a call that was killed', async () => {
    const policies = new Map([['arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy', 0]]);
    at.stub.state.entries.set(`${NAME} ${ADMIN_ROLE}`, {
      principalArn: ADMIN_ROLE,
      kubernetesGroups: [],
      tags: {},
      policies,
    });
    await at.open().ensureAccess(NAME);
    expect(policies.size).toBe(0);
  });

  it('no admin for long, at whichever step a call is killed: the next call has no more, nor does a sweep leave any', async () => {
    const before = at.steps;
    await at.open().ensureAccess(NAME);
    const steps = at.steps - before;
    let left = 0;
    for (let step = 1; step <= steps; step++) {
      for (const after of [false, true]) {
        at.stub.state.entries.clear();
        const killed = at.killAt(step, after);
        void at.open().ensureAccess(NAME);
        await killed;
        at.revive();
        const had = adminRights().size;
        left += had;
        const policies = new Map(adminRights());
        await at.open().ensureAccess(NAME);
        expect(adminRights().size).toBe(0);
        // And where nobody calls again.
        for (const policy of policies.keys()) adminRights().set(policy, Date.now() / 1000 - 14 * 60);
        expect([await at.open().endLeftAdmin(NAME), adminRights().size]).toEqual([false, had]);
        for (const policy of policies.keys()) adminRights().set(policy, Date.now() / 1000 - 16 * 60);
        expect([await at.open().endLeftAdmin(NAME), adminRights().size]).toEqual([had > 0, 0]);
      }
    }
    // Everything between the grant and the giving up.
    expect(left).toBeGreaterThan(2 * accessManifests().length);
  });

  it('their admin beside a policy that somebody else gave the role: that is neither taken for rights nor away', async () => {
    await at.open().ensureAccess(NAME);
    const view = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
    adminRights().set(view, 0);
    expect(await at.open().endLeftAdmin(NAME)).toBe(false);
    const before = at.stub.requests.length;
    await at.open().ensureAccess(NAME);
    expect([...adminRights().keys()]).toEqual([view]);
    const asked = at.stub.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(asked).toContainEqual(expect.stringMatching(/^POST .*ProvisionCluster.*\/access-policies$/));
  });

  it('nobody to be let out where there is no cluster, or no entry', async () => {
    expect(await at.open().endLeftAdmin('nobody')).toBe(false);
    at.stub.state.entries.clear();
    expect(await at.open().endLeftAdmin(NAME)).toBe(false);
  });

  it('nobody while they are not there, or not active', async () => {
    at.becomes('CREATING');
    await expect(at.open().ensureAccess(NAME)).rejects.toMatchObject({ name: 'Retryable' });
    await expect(at.open().ensureAccess('nobody')).rejects.toMatchObject({ name: 'Retryable' });
    expect(at.changes()).toEqual([]);
  });
});
