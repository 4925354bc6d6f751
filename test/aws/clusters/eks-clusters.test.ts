import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eksClusters } from '#aws/clusters/eks-clusters.ts';
import { accessManifests, groupOf } from '#core/cluster/access.ts';
import type { ManagedClusters } from '#core/ports/managed-clusters.ts';
import { type ClusterSettings, STACK_TAG } from '#core/stack/environment.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { clientOf } from '../moto/client-config.ts';
import { type MotoServer, startMoto } from '../moto/server.ts';
import { startEks } from '../stub/eks.ts';
import { ADMIN_ROLE, type GuardedCluster, guardedCluster } from './guarded-cluster.ts';

const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

const SETTINGS: ClusterSettings = {
  stackName: 'Bench',
  clusterRoleArn: role('cluster'),
  nodeRoleArn: role('node'),
  podRoleArn: role('pods'),
  weightsRoleArn: role('weights'),
  subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
  securityGroupId: 'sg-1',
  secretsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
  publicAccessCidrs: [],
  taskRoleArns: { ProvisionCluster: ADMIN_ROLE, CheckModel: role('CheckModel'), Janitor: role('Janitor') },
};

const NAME = 'bench';

let moto: MotoServer;
let secrets: SecretsManagerClient;
beforeAll(async () => {
  moto = await startMoto();
  secrets = new SecretsManagerClient(clientOf(moto.url));
});
afterAll(async () => {
  secrets.destroy();
  await moto.stop();
});

describe('clusters of EKS', () => {
  let stub: Awaited<ReturnType<typeof startEks>>;
  let eks: EKSClient;
  let guarded: GuardedCluster;
  let nowMs: number;
  let slept: number;
  beforeEach(async () => {
    stub = await startEks();
    eks = new EKSClient(clientOf(stub.url));
    guarded = guardedCluster(stub.state, NAME);
    nowMs = 0;
    slept = 0;
  });
  afterEach(async () => {
    eks.destroy();
    await stub.close();
  });

  const open = (settings: Partial<ClusterSettings> = {}): ManagedClusters =>
    eksClusters(
      { eks, ec2: new EC2Client(clientOf(moto.url)), secrets },
      { ...SETTINGS, ...settings },
      async () => guarded.cluster,
      {
        totalMs: 35_000,
        nowMs: () => nowMs,
        sleep: async (ms) => {
          slept += ms;
          nowMs += ms;
        },
      },
    );
  const changes = () => stub.state.changes.map(({ call }) => call.replaceAll(/arn:aws:iam::\d+:role\//g, ''));
  const described = () => stub.state.clusters.get(NAME)!;
  const becomes = (status: string) => Object.assign(described(), { status });

  /** A cluster that somebody else made. */
  const foreign = (parts: Record<string, unknown> = {}) =>
    stub.state.clusters.set(NAME, {
      name: NAME,
      status: 'ACTIVE',
      version: '1.35',
      tags: { [STACK_TAG]: 'Other' },
      computeConfig: { enabled: true },
      ...parts,
    });

  describe('are made', () => {
    it('with Auto Mode, closed to the outside, without an admin, and as ours', async () => {
      await open().create({ name: NAME, version: '1.36' });
      expect(stub.state.changes[0]?.body).toMatchObject({
        name: NAME,
        version: '1.36',
        roleArn: role('cluster'),
        resourcesVpcConfig: {
          subnetIds: SETTINGS.subnetIds,
          securityGroupIds: ['sg-1'],
          endpointPrivateAccess: true,
          endpointPublicAccess: false,
        },
        accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
        computeConfig: { enabled: true, nodePools: ['general-purpose'], nodeRoleArn: role('node') },
        storageConfig: { blockStorage: { enabled: true } },
        kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
        upgradePolicy: { supportType: 'STANDARD' },
        encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: SETTINGS.secretsKeyArn } }],
        logging: { clusterLogging: [{ enabled: true, types: expect.arrayContaining(['audit', 'authenticator']) }] },
        tags: { [STACK_TAG]: 'Bench' },
      });
      expect(await open().describe(NAME)).toEqual({ name: NAME, status: 'CREATING', version: '1.36', ours: true });
    });

    it('reachable from the outside for those who are named only', async () => {
      await open({ publicAccessCidrs: ['203.0.113.0/24'] }).create({ name: NAME, version: '1.36' });
      expect(stub.state.changes[0]?.body.resourcesVpcConfig).toMatchObject({
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: ['203.0.113.0/24'],
      });
    });

    it('once, however often they are asked for', async () => {
      await Promise.all([1, 2, 3].map(() => open().create({ name: NAME, version: '1.36' })));
      await open().create({ name: NAME, version: '1.36' });
      expect(stub.state.clusters.size).toBe(1);
    });

    it('or not, with what EKS has against it', async () => {
      await expect(open().create({ name: NAME, version: '0.9' })).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining('unsupported Kubernetes version 0.9'),
      });
    });
  });

  it('are described with why they failed', async () => {
    expect(await open().describe('nobody')).toBeUndefined();
    foreign({ status: 'FAILED', health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'no subnet-a' }] } });
    expect(await open().describe(NAME)).toEqual({
      name: NAME,
      status: 'FAILED',
      version: '1.35',
      ours: false,
      reason: 'Ec2SubnetNotFound: no subnet-a',
    });
  });

  describe('let in', () => {
    beforeEach(async () => {
      await open().create({ name: NAME, version: '1.36' });
      becomes('ACTIVE');
      stub.state.changes.length = 0;
    });

    it('each function with its group, and pods with their roles', async () => {
      await open().ensureAccess(NAME);
      expect([...stub.state.entries.values()]).toEqual([
        {
          principalArn: role('CheckModel'),
          kubernetesGroups: [groupOf('CheckModel')],
          tags: { [STACK_TAG]: 'Bench' },
          policies: new Set(),
        },
        expect.objectContaining({ principalArn: role('Janitor'), kubernetesGroups: [groupOf('Janitor')] }),
      ]);
      expect([...stub.state.associations.values()]).toMatchObject([
        { namespace: 'stepbench', serviceAccount: 'stepbench-artifacts', roleArn: role('pods') },
        { namespace: 'stepbench', serviceAccount: 'stepbench-weights', roleArn: role('weights') },
      ]);
    });

    it('their admin for as long as it takes to apply roles and policies, and nobody for longer', async () => {
      await open().ensureAccess(NAME);
      const kinds = guarded.applied.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(kinds).toEqual([
        ...accessManifests().map(({ kind, metadata }) => `${kind} ${metadata.name}`),
        'ConfigMap amazon-vpc-cni',
      ]);
      expect(stub.state.entries.has(`${NAME} ${ADMIN_ROLE}`)).toBe(false);
      expect(changes().slice(-4)).toEqual([
        `POST /clusters/${NAME}/access-entries`,
        `POST /clusters/${NAME}/access-entries/ProvisionCluster/access-policies`,
        expect.stringMatching(/^DELETE .*AmazonEKSClusterAdminPolicy$/),
        `DELETE /clusters/${NAME}/access-entries/ProvisionCluster`,
      ]);
    });

    it('nothing new when they are asked again', async () => {
      await open().ensureAccess(NAME);
      const [entries, associations] = [new Map(stub.state.entries), new Map(stub.state.associations)];
      stub.state.changes.length = 0;
      await open().ensureAccess(NAME);
      expect(stub.state.entries).toEqual(entries);
      expect(stub.state.associations).toEqual(associations);
      expect(
        changes().filter((call) => !/access-entries(\/ProvisionCluster.*)?$|associations$|Policy$/.test(call)),
      ).toEqual([]);
    });

    it('a function with the groups of this version, where it had others', async () => {
      const entry = { principalArn: role('CheckModel'), kubernetesGroups: ['stepbench:old'], tags: {} };
      stub.state.entries.set(`${NAME} ${role('CheckModel')}`, { ...entry, policies: new Set() });
      await open().ensureAccess(NAME);
      expect(stub.state.entries.get(`${NAME} ${role('CheckModel')}`)?.kubernetesGroups).toEqual([
        groupOf('CheckModel'),
      ]);
    });

    it('their admin late, who waits for it', async () => {
      guarded.delays = { unknown: 4, forbidden: 3 };
      await open().ensureAccess(NAME);
      expect(slept).toBe(7_000);
      expect(guarded.applied.length).toBeGreaterThan(10);
    });

    it('their admin too late, who gives the rights up and asks to be called again', async () => {
      guarded.delays = { unknown: 1000, forbidden: 0 };
      await expect(open().ensureAccess(NAME)).rejects.toMatchObject({ name: 'Retryable' });
      expect(slept).toBeLessThanOrEqual(35_000);
      expect(stub.state.entries.has(`${NAME} ${ADMIN_ROLE}`)).toBe(false);
    });

    it('no admin any more when a manifest was refused', async () => {
      const error = new StepBenchError(ErrorName.ClusterFailed, 'no such version', { cause: new Error('422 no') });
      guarded.failing = { kind: 'NetworkPolicy', error };
      await expect(open().ensureAccess(NAME)).rejects.toThrow('no such version');
      expect(slept).toBe(0);
      expect(stub.state.entries.has(`${NAME} ${ADMIN_ROLE}`)).toBe(false);
    });

    it('no role without its rights taken away that it had from a call that was killed', async () => {
      const policies = new Set(['arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy']);
      stub.state.entries.set(`${NAME} ${ADMIN_ROLE}`, {
        principalArn: ADMIN_ROLE,
        kubernetesGroups: [],
        tags: {},
        policies,
      });
      await open().ensureAccess(NAME);
      expect(policies.size).toBe(0);
    });

    it('nobody while they are not there, or not active', async () => {
      becomes('CREATING');
      await expect(open().ensureAccess(NAME)).rejects.toMatchObject({ name: 'Retryable' });
      await expect(open().ensureAccess('nobody')).rejects.toMatchObject({ name: 'Retryable' });
      expect(changes()).toEqual([]);
    });

    it('the secrets of Secrets Manager into the namespace, and into nothing else', async () => {
      const [token, headers] = ['hf_abcdefghijklmnop', { GATEWAY_KEY: 'Bearer s3cret-value' }];
      const create = async (Name: string, SecretString: string) =>
        (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN as string;
      const huggingFaceSecretArn = await create('hf', `${token}\n`);
      const endpointHeadersSecretArn = await create('headers', JSON.stringify(headers));
      const arns = { huggingFaceSecretArn, endpointHeadersSecretArn };
      await open(arns).ensureAccess(NAME);
      const base64 = (text: string) => Buffer.from(text).toString('base64');
      const mirrored = guarded.applied.filter(({ kind }) => kind === 'Secret');
      expect(mirrored).toMatchObject([
        { metadata: { name: 'stepbench-hugging-face', namespace: 'stepbench' }, data: { HF_TOKEN: base64(token) } },
        { metadata: { name: 'stepbench-endpoint-headers' }, data: { GATEWAY_KEY: base64('Bearer s3cret-value') } },
      ]);
      const rest = JSON.stringify([guarded.applied.filter(({ kind }) => kind !== 'Secret'), stub.requests]);
      expect(rest).not.toMatch(/s3cret-value|abcdefghijklmnop/);

      for (const text of [
        'Bearer s3cret-value',
        '["s3cret-value"]',
        '{"A": {"B": "s3cret-value"}}',
        '"s3cret-value"',
      ]) {
        await secrets.send(new PutSecretValueCommand({ SecretId: 'headers', SecretString: text }));
        const error = await open(arns)
          .ensureAccess(NAME)
          .then(
            () => undefined,
            (thrown: Error) => thrown,
          );
        expect(error).toMatchObject({ name: 'ClusterFailed', message: expect.stringContaining('JSON object') });
        expect(`${error?.message} ${error?.stack} ${error?.cause}`).not.toContain('s3cret');
      }
      expect(stub.state.entries.has(`${NAME} ${ADMIN_ROLE}`)).toBe(false);
    });
  });

  describe('that are not ours', () => {
    it('are used, and told nothing that is for the whole cluster', async () => {
      foreign();
      await open().ensureAccess(NAME);
      expect(guarded.applied.some(({ metadata }) => metadata.namespace === 'kube-system')).toBe(false);
      expect(guarded.applied.some(({ kind }) => kind === 'ClusterRole')).toBe(true);
      expect(changes().filter((call) => /update-config/.test(call))).toEqual([]);
    });

    it.each([
      ['has no access entries', { accessConfig: { authenticationMode: 'CONFIG_MAP' } }, 'API_AND_CONFIG_MAP'],
      ['has no Auto Mode', { computeConfig: { enabled: false } }, 'Auto Mode'],
    ])('are refused before anything is changed when one %s', async (_, parts, said) => {
      foreign(parts);
      await expect(open().ensureAccess(NAME)).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining(said),
      });
      expect(changes()).toEqual([]);
    });

    it('are refused when another stack works in one', async () => {
      foreign();
      await open({ stackName: 'Other', podRoleArn: role('others') }).ensureAccess(NAME);
      await expect(open().ensureAccess(NAME)).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining('Stack Other works in cluster'),
      });
      expect([...stub.state.associations.values()][0]?.roleArn).toBe(role('others'));
    });

    it.each(['delete', 'disableCompute'] as const)('are never touched by %s', async (operation) => {
      foreign();
      await expect(open()[operation](NAME)).rejects.toMatchObject({ name: 'ClusterFailed' });
      expect(changes()).toEqual([]);
    });
  });

  describe('of ours', () => {
    beforeEach(async () => {
      await open().create({ name: NAME, version: '1.36' });
      becomes('ACTIVE');
      stub.state.changes.length = 0;
    });

    it('are deleted, once', async () => {
      await open().delete(NAME);
      await open().delete(NAME);
      await open().delete('nobody');
      expect(changes()).toEqual([`DELETE /clusters/${NAME}`]);
    });

    it('lose all of Auto Mode at once: EKS takes no part of it alone', async () => {
      await open().disableCompute(NAME);
      expect(stub.state.changes[0]).toMatchObject({
        call: `POST /clusters/${NAME}/update-config`,
        body: {
          computeConfig: { enabled: false },
          storageConfig: { blockStorage: { enabled: false } },
          kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: false } },
        },
      });
    });

    it.each(['delete', 'disableCompute'] as const)(
      'are asked again by %s while EKS is busy with one',
      async (operation) => {
        becomes('CREATING');
        await expect(open()[operation](NAME)).rejects.toMatchObject({ name: 'Retryable' });
        becomes('ACTIVE');
        await open()[operation](NAME);
      },
    );
  });
});
