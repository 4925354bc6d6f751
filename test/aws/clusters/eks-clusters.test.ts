import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STACK_TAG } from '#core/stack/environment.ts';
import { type EksTest, NAME, role, SETTINGS, startEksTest } from './eks-test.ts';

let at: EksTest;
beforeEach(async () => {
  at = await startEksTest();
});
afterEach(() => at.close());

describe('clusters of EKS', () => {
  describe('are made', () => {
    it('with Auto Mode, closed to the outside, without an admin, and as ours', async () => {
      await at.open().create({ name: NAME, version: '1.36' });
      expect(at.stub.state.changes[0]?.body).toMatchObject({
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
      expect(await at.open().describe(NAME)).toEqual({ name: NAME, status: 'CREATING', version: '1.36', ours: true });
    });

    it('reachable from the outside for those who are named only', async () => {
      await at.open({ publicAccessCidrs: ['203.0.113.0/24'] }).create({ name: NAME, version: '1.36' });
      expect(at.stub.state.changes[0]?.body.resourcesVpcConfig).toMatchObject({
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: ['203.0.113.0/24'],
      });
    });

    it('once, however often they are asked for', async () => {
      await Promise.all([1, 2, 3].map(() => at.open().create({ name: NAME, version: '1.36' })));
      await at.open().create({ name: NAME, version: '1.36' });
      expect(at.stub.state.clusters.size).toBe(1);
    });

    it('with logs that are kept for as long as the stack says, before EKS makes a group that keeps them for ever', async () => {
      await at.open({ logRetentionDays: 90 }).create({ name: NAME, version: '1.36' });
      expect([...at.logs]).toEqual([[`/aws/eks/${NAME}/cluster`, 90]]);
      at.becomes('ACTIVE');
      // Another version of the stack may say another number.
      await at.open({ logRetentionDays: 7 }).ensureAccess(NAME);
      expect([...at.logs.values()]).toEqual([7]);
    });

    it('with logs of whatever retention, rather than not at all', async () => {
      at.logsFail = new Error('not allowed');
      await at.open().create({ name: NAME, version: '1.36' });
      expect(at.stub.state.clusters.has(NAME)).toBe(true);
    });

    it('or not, with what EKS has against it', async () => {
      await expect(at.open().create({ name: NAME, version: '0.9' })).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining('unsupported Kubernetes version 0.9'),
      });
    });
  });

  it('are described with why they failed', async () => {
    expect(await at.open().describe('nobody')).toBeUndefined();
    at.foreign({ status: 'FAILED', health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'no subnet-a' }] } });
    expect(await at.open().describe(NAME)).toEqual({
      name: NAME,
      status: 'FAILED',
      version: '1.35',
      ours: false,
      offLimits: true,
      reason: 'Ec2SubnetNotFound: no subnet-a',
    });
  });

  describe('that are not ours', () => {
    it('are left alone', async () => {
      at.foreign();
      await expect(at.open().ensureAccess(NAME)).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining('not of stack Bench'),
      });
      expect(at.changes()).toEqual([]);
      expect(at.guarded.applied).toEqual([]);
    });

    it('are used where the stack is told to, and told nothing that is for the whole cluster', async () => {
      at.foreign();
      expect(await at.open({ foreignClusters: [NAME] }).describe(NAME)).toMatchObject({ ours: false });
      expect(await at.open({ foreignClusters: [NAME] }).describe(NAME)).not.toHaveProperty('offLimits');
      await at.open({ foreignClusters: [NAME] }).ensureAccess(NAME);
      expect(at.guarded.applied.some(({ metadata }) => metadata.namespace === 'kube-system')).toBe(false);
      expect(at.guarded.applied.some(({ kind }) => kind === 'ClusterRole')).toBe(true);
      expect(at.changes().filter((call) => /update-config/.test(call))).toEqual([]);
      expect(at.logs.size).toBe(0);
    });

    it.each([
      ['has no access entries', { accessConfig: { authenticationMode: 'CONFIG_MAP' } }, 'API_AND_CONFIG_MAP'],
      ['has no Auto Mode', { computeConfig: { enabled: false } }, 'Auto Mode'],
    ])('are refused before anything is changed when one %s', async (_, parts, said) => {
      at.foreign(parts);
      await expect(at.open({ foreignClusters: [NAME] }).ensureAccess(NAME)).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining(said),
      });
      expect(at.changes()).toEqual([]);
    });

    it('are refused when another stack works in one', async () => {
      at.foreign();
      await at.open({ stackName: 'Other', podRoleArn: role('others') }).ensureAccess(NAME);
      await expect(at.open({ foreignClusters: [NAME] }).ensureAccess(NAME)).rejects.toMatchObject({
        name: 'ClusterFailed',
        message: expect.stringContaining('Stack Other works in cluster'),
      });
      expect([...at.stub.state.associations.values()][0]?.roleArn).toBe(role('others'));
    });

    it.each(['delete', 'disableCompute'] as const)('are never touched by %s', async (operation) => {
      at.foreign();
      await expect(at.open()[operation](NAME)).rejects.toMatchObject({ name: 'ClusterFailed' });
      expect(at.changes()).toEqual([]);
    });
  });

  describe('of ours', () => {
    beforeEach(async () => {
      await at.open().create({ name: NAME, version: '1.36' });
      at.becomes('ACTIVE');
      at.stub.state.changes.length = 0;
    });

    it('are deleted, once', async () => {
      await at.open().delete(NAME);
      await at.open().delete(NAME);
      await at.open().delete('nobody');
      expect(at.changes()).toEqual([`DELETE /clusters/${NAME}`]);
    });

    it('lose all of Auto Mode at once: EKS takes no part of it alone', async () => {
      await at.open().disableCompute(NAME);
      expect(at.stub.state.changes[0]).toMatchObject({
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
        at.becomes('CREATING');
        await expect(at.open()[operation](NAME)).rejects.toMatchObject({ name: 'Retryable' });
        at.becomes('ACTIVE');
        await at.open()[operation](NAME);
      },
    );
  });
});
