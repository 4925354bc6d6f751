import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { appConfig } from '#infra/app-config.ts';
import type { ClusterProps } from '#infra/props.ts';
import { StepBench } from '#infra/step-bench.ts';
import { allows, type Permission, permissionsOf, permissionsOfRole } from './support/allowed.ts';
import { deployedFrom } from './support/deployed.ts';
import { resourceOf, resourcesOf, type Synthesized, synthesize, testApp } from './support/synthesize.ts';

const stack = synthesize();
const { bucketArn, dataKeyArn, clusterSettings } = deployedFrom(stack);

describe('pods', () => {
  const role = (holding: string) => permissionsOfRole(stack, resourceOf(stack, 'AWS::IAM::Role', holding).id);
  const may = (permissions: Permission[], action: string, key: string) =>
    allows(permissions, { action, resource: `${bucketArn}/${key}` });
  const ARTIFACT = 'runs/a/artifacts/c1/1/profile.json';
  const WEIGHTS = 'models/0123456789ab/model.safetensors';

  it.each([
    ['PodRole', { reads: [WEIGHTS], writes: [ARTIFACT] }],
    ['StagingRole', { reads: [], writes: [WEIGHTS] }],
    ['WeightsRole', { reads: [WEIGHTS], writes: [] }],
  ])('of %s read and write what is theirs', (id, { reads, writes }) => {
    const permissions = role(id);
    const all = [ARTIFACT, WEIGHTS, 'runs/a/rows/x.json', 'results/cells/x.parquet', 'runs/a/lease.json'];
    expect(all.filter((key) => may(permissions, 's3:GetObject', key))).toEqual(reads);
    expect(all.filter((key) => may(permissions, 's3:PutObject', key))).toEqual(writes);
    const encrypts = allows(permissions, { action: 'kms:GenerateDataKey', resource: dataKeyArn });
    expect(encrypts).toBe(writes.length > 0);
  });
});

/** EKS Auto Mode and Pod Identity tag the sessions that they take: where they may not, no cluster comes up, and no pod has a role. */
const BOTH = ['sts:AssumeRole', 'sts:TagSession'];

it.each([
  ['ClusterAccessClusterRole', 'eks', BOTH],
  ['ClusterAccessNodeRole', 'ec2', ['sts:AssumeRole']],
  ['ClusterAccessPodRole', 'pods.eks', BOTH],
  ['ClusterAccessStagingRole', 'pods.eks', BOTH],
  ['ClusterAccessWeightsRole', 'pods.eks', BOTH],
])('%s is assumed by %s alone, which may %j', (id, service, actions) => {
  const { Statement } = resourceOf(stack, 'AWS::IAM::Role', id).Properties.AssumeRolePolicyDocument;
  const trusted = Statement as { Effect: string; Action: string | string[]; Principal: object }[];
  expect(trusted.flatMap(({ Action }) => Action).toSorted()).toEqual(actions);
  for (const { Effect, Principal } of trusted)
    expect([Effect, Principal]).toEqual(['Allow', { Service: `${service}.amazonaws.com` }]);
});

describe('operators', () => {
  const ROLE = 'arn:aws:iam::111122223333:role/aws-reserved/sso/Operator';
  const SESSION = 'arn:aws:sts::111122223333:assumed-role/Operator/me';

  it('are let in by ProvisionCluster, and nobody beside them', () => {
    const told = synthesize({ cluster: { operators: [ROLE] } });
    expect(deployedFrom(told).clusterSettings('ProvisionCluster').operatorRoleArns).toEqual([ROLE]);
    expect(clusterSettings('ProvisionCluster').operatorRoleArns).toEqual([]);
    const admits = (of: Synthesized, principal: string) =>
      allows(permissionsOf(of, 'ProvisionCluster'), {
        action: 'eks:CreateAccessEntry',
        resource: 'arn:<AWS::Partition>:eks:<AWS::Region>:<AWS::AccountId>:cluster/bench',
        context: { 'eks:principalArn': principal, 'aws:ResourceTag/stepbench:stack': '<AWS::StackName>' },
      });
    expect(admits(told, ROLE)).toBe(true);
    expect(admits(told, ROLE.replace('Operator', 'Somebody'))).toBe(false);
    expect(admits(stack, ROLE)).toBe(false);
    const entries = permissionsOf(told, 'ProvisionCluster').filter(({ action }) => action === 'eks:UpdateAccessEntry');
    const arns = entries.map(({ resource }) => resource.replace(/.*access-entry/, ''));
    expect(arns).toEqual(
      expect.arrayContaining(['/*/role/111122223333/Operator/*', '/*/role/111122223333/aws-reserved/sso/Operator/*']),
    );
  });

  it('are roles, and no sessions of them', () => {
    expect(() => synthesize({ cluster: { operators: [SESSION] } })).toThrow(/cluster\.operators.*assumed-role/);
  });
});

describe('a secret that ProvisionCluster mirrors', () => {
  const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-token-AbC123';

  /** In an app of somebody’s own, where secrets may be constructs. */
  function withSecret(secretIn: (scope: Stack) => ClusterProps['huggingFaceSecret']): Synthesized {
    const scope = new Stack(testApp(), 'Own');
    const huggingFaceSecret = secretIn(scope);
    new StepBench(scope, 'StepBench', {
      ...(huggingFaceSecret === undefined ? {} : { cluster: { huggingFaceSecret } }),
    });
    const template = Template.fromStack(scope);
    const { Resources: resources, Outputs: outputs } = template.toJSON();
    return { resources, outputs, template } as Synthesized;
  }

  const reads = (of: Synthesized, resource: string) =>
    allows(permissionsOf(of, 'ProvisionCluster'), { action: 'secretsmanager:GetSecretValue', resource });
  const decrypts = (of: Synthesized, secret: string, service = 'secretsmanager.<AWS::Region>.amazonaws.com') =>
    allows(permissionsOf(of, 'ProvisionCluster'), {
      action: 'kms:Decrypt',
      resource: 'arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/any',
      context: { 'kms:ViaService': service, 'kms:EncryptionContext:SecretARN': secret },
    });

  it('by its name is read with whichever six characters its ARN ends in', () => {
    const byName = withSecret((scope) => Secret.fromSecretNameV2(scope, 'Token', 'hub-token'));
    const arn = (name: string) => `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${name}`;
    expect(reads(byName, arn('hub-token-AbC123'))).toBe(true);
    expect(reads(byName, arn('hub-token'))).toBe(false);
    expect(decrypts(byName, arn('hub-token-AbC123'))).toBe(true);
  });

  it('by its ARN is read with its key, which is used for no other secret and by nothing else', () => {
    const byArn = withSecret(() => ARN);
    expect(reads(byArn, ARN)).toBe(true);
    expect(decrypts(byArn, ARN)).toBe(true);
    expect(decrypts(byArn, ARN.replace('hub', 'another'))).toBe(false);
    expect(decrypts(byArn, ARN, 's3.<AWS::Region>.amazonaws.com')).toBe(false);
    expect(decrypts(stack, ARN)).toBe(false);
  });

  it('with a key of the app is let use that key', () => {
    const own = withSecret((scope) => new Secret(scope, 'Token', { encryptionKey: new Key(scope, 'TokenKey') }));
    const key = resourcesOf(own, 'AWS::KMS::Key').find(({ id }) => id.startsWith('TokenKey'));
    const usesKey = permissionsOf(own, 'ProvisionCluster').some(
      ({ action, resource }) => action === 'kms:Decrypt' && resource === `<${key?.id}.Arn>`,
    );
    expect(usesKey).toBe(true);
  });
});

describe('zones', () => {
  const subnets = (of: Synthesized) => resourcesOf(of, 'AWS::EC2::Subnet').map(({ Properties }) => Properties);

  it('may be two: a private and a public subnet in each, and a NAT gateway for each where they are wanted', () => {
    const availabilityZones = ['us-west-1a', 'us-west-1c'];
    const two = synthesize({ network: { availabilityZones, natGateways: 3 } });
    expect(subnets(two).map(({ AvailabilityZone }) => AvailabilityZone)).toEqual([
      ...availabilityZones,
      ...availabilityZones,
    ]);
    expect(resourcesOf(two, 'AWS::EC2::NatGateway')).toHaveLength(2);
    expect(two.outputs.AvailabilityZones?.Value).toBe('us-west-1a,us-west-1c');
    expect(deployedFrom(two).clusterSettings('ProvisionCluster').subnetIds).toHaveLength(2);
  });

  it('are those of the command line, unless the configuration names others', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'stepbench-zones-')), 'stack.json');
    const zonesIn = (config: object) => {
      writeFileSync(file, JSON.stringify(config));
      return appConfig((key) => ({ zones: 'a,b', config: file })[key]).network;
    };
    expect(appConfig((key) => ({ zones: 'a,b' })[key]).network).toEqual({ availabilityZones: ['a', 'b'] });
    expect(zonesIn({ network: { flowLogs: true } })).toEqual({ flowLogs: true, availabilityZones: ['a', 'b'] });
    expect(zonesIn({ network: { availabilityZones: ['c', 'd'] } })).toEqual({ availabilityZones: ['c', 'd'] });
    rmSync(dirname(file), { recursive: true });
  });

  it.each([[['us-west-1a']], [['us-west-1a', 'us-west-1a']]])('are refused as %j', (availabilityZones) => {
    expect(() => synthesize({ network: { availabilityZones } })).toThrow(/two different zones or more/);
  });
});
