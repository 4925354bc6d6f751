import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { eksClusters } from '#aws/clusters/eks-clusters.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ManagedClusters } from '#core/ports/managed-clusters.ts';
import { type ClusterSettings, STACK_TAG } from '#core/stack/environment.ts';
import { clientOf } from '../moto/client-config.ts';
import { startEks } from '../stub/eks.ts';
import { ADMIN_ROLE, type GuardedCluster, guardedCluster } from './guarded-cluster.ts';

export const NAME = 'bench';

export const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

export const SETTINGS: ClusterSettings = {
  stackName: 'Bench',
  clusterRoleArn: role('cluster'),
  nodeRoleArn: role('node'),
  podRoleArn: role('pods'),
  stagingRoleArn: role('staging'),
  weightsRoleArn: role('weights'),
  subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
  securityGroupId: 'sg-1',
  secretsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/k',
  publicAccessCidrs: [],
  logRetentionDays: 30,
  operatorRoleArns: [],
  foreignClusters: [],
  taskRoleArns: { ProvisionCluster: ADMIN_ROLE, CheckModel: role('CheckModel'), Janitor: role('Janitor') },
};

/** Nobody listens there: for clients of services that a test has no need of. */
const NOWHERE = 'http://127.0.0.1:9';

export interface EksTest {
  stub: Awaited<ReturnType<typeof startEks>>;
  guarded: GuardedCluster;
  /** Days for which a log group keeps what is in it. */
  logs: Map<string, number>;
  /** Calls of EKS and of the cluster so far. */
  readonly steps: number;
  /** At this step, before or after it has its effect, the function is killed: nothing that it waits for comes back. */
  killAt(step: number, after: boolean): Promise<void>;
  /** Another function is as well as ever. */
  revive(): void;
  /** Thrown by CloudWatch Logs. */
  logsFail: Error | undefined;
  /** Milliseconds that were waited, in a time that only waiting moves. */
  readonly slept: number;
  open(settings?: Partial<ClusterSettings>): ManagedClusters;
  /** What EKS was asked to change, in order, without the account in the names of roles. */
  changes(): string[];
  becomes(status: string): void;
  /** A cluster that somebody else made. */
  foreign(parts?: Record<string, unknown>): void;
  close(): Promise<void>;
}

/** The adapter over the real SDK, EKS's wire format behind it, and a cluster behind that. */
export async function startEksTest(secretsUrl = NOWHERE): Promise<EksTest> {
  const stub = await startEks();
  const clients = {
    eks: new EKSClient(clientOf(stub.url)),
    ec2: new EC2Client(clientOf(NOWHERE)),
    secrets: new SecretsManagerClient(clientOf(secretsUrl)),
    logs: {
      keep: async (name: string, days: number) => {
        if (test.logsFail !== undefined) throw test.logsFail;
        test.logs.set(name, days);
      },
    },
  };
  const guarded = guardedCluster(stub.state, NAME);
  let slept = 0;
  let steps = 0;
  let death: { step: number; after: boolean; happened: () => void } | undefined;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    steps += 1;
    if (death === undefined || steps < death.step) return work();
    const { after, happened } = death;
    if (after && steps === death.step) await work();
    happened();
    return new Promise<never>(() => {});
  };
  clients.eks.middlewareStack.add((next) => (args) => step(() => next(args)), { step: 'initialize' });
  const { cluster: immortal } = guarded;
  const mortal: Cluster = {
    ...immortal,
    get: (ref) => step(() => immortal.get(ref)),
    apply: (object) => step(() => immortal.apply(object)),
    delete: (ref) => step(() => immortal.delete(ref)),
  };
  const patience = {
    totalMs: 35_000,
    nowMs: () => slept,
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  const test: EksTest = {
    stub,
    guarded,
    get steps() {
      return steps;
    },
    killAt: (at, after) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      death = { step: steps + at, after, happened: resolve };
      return promise;
    },
    revive: () => {
      death = undefined;
    },
    logs: new Map(),
    logsFail: undefined,
    get slept() {
      return slept;
    },
    open: (settings = {}) => eksClusters(clients, { ...SETTINGS, ...settings }, async () => mortal, patience),
    changes: () => stub.state.changes.map(({ call }) => call.replaceAll(/arn:aws:iam::\d+:role\//g, '')),
    becomes: (status) => void Object.assign(stub.state.clusters.get(NAME)!, { status }),
    foreign: (parts = {}) =>
      void stub.state.clusters.set(NAME, {
        name: NAME,
        status: 'ACTIVE',
        version: '1.35',
        tags: { [STACK_TAG]: 'Other' },
        computeConfig: { enabled: true },
        ...parts,
      }),
    close: async () => {
      for (const client of [clients.eks, clients.ec2, clients.secrets]) client.destroy();
      await stub.close();
    },
  };
  return test;
}
