import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accessManifests, groupOf, KUBERNETES_ACTORS, telemetryManifests } from '#core/cluster/access.ts';
import { operatorGroup } from '#core/cluster/operators.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import { freePorts } from './free-ports.ts';
import { instanceTypes } from './instance-types.ts';
import { kubeletConfiguration } from './kubelet.ts';
import { Processes } from './processes.ts';
import { type Actor, connectAs, OPERATORS, type TestCluster, type Who } from './test-cluster.ts';

const run = promisify(execFile);

/** Of each part: ten times what it takes on two idle cores. */
const PATIENCE_MS = 120_000;

export interface StartedCluster {
  cluster: TestCluster;
  stop(): Promise<void>;
}

/** A Kubernetes of its own on the loopback interface, with Karpenter, nobody's nodes, and everything of ours that must stand in it. */
export async function startCluster(binary: string): Promise<StartedCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'stepbench-kubernetes-'));
  const processes = new Processes(binary, folder);
  const stop = async () => {
    await processes.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { cluster: await start(binary, folder, processes), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(binary: string, folder: string, processes: Processes): Promise<TestCluster> {
  const file = (name: string) => join(folder, name);
  const [etcd, etcdPeer, api, kubelet, health] = (await freePorts(5)) as [number, number, number, number, number];
  await run(binary, ['keys', '-dir', folder]);
  const certificate = await readFile(file('loopback.crt'));
  const tokens = Object.fromEntries(Object.keys(GROUPS).map((who) => [who, randomUUID()])) as Record<Who, string>;
  const cluster: TestCluster = {
    server: `https://127.0.0.1:${api}`,
    caData: certificate.toString('base64'),
    tokens,
    keyFile: file('loopback.key'),
    certificateFile: file('loopback.crt'),
    outOfCapacityFolder: file('out-of-capacity'),
    containerLogFile: file('container.log'),
  };
  await Promise.all([
    writeFile(file('tokens.csv'), tokenFile(tokens)),
    writeFile(file('kubeconfig'), JSON.stringify(kubeConfig(cluster))),
    writeFile(file('instance-types.json'), JSON.stringify(instanceTypes())),
    mkdir(cluster.outOfCapacityFolder),
    writeFile(cluster.containerLogFile, '2026-01-01T00:00:00Z stdout F what the container said\n'),
    writeFile(
      file('kwok.yaml'),
      await kubeletConfiguration({
        port: kubelet,
        certificate: file('loopback.crt'),
        key: file('loopback.key'),
        logFile: cluster.containerLogFile,
      }),
    ),
  ]);

  processes.start('etcd', [
    ...['-data-dir', file('etcd')],
    ...['-client-url', `http://127.0.0.1:${etcd}`],
    ...['-peer-url', `http://127.0.0.1:${etcdPeer}`],
  ]);
  processes.start('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${api}`,
    '--endpoint-reconciler-type=none',
    `--cert-dir=${file('certificates')}`,
    `--tls-cert-file=${file('loopback.crt')}`,
    `--tls-private-key-file=${file('loopback.key')}`,
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=sa.key',
    '--service-account-signing-key-file=sa.key',
    `--kubelet-certificate-authority=${file('loopback.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--profiling=false',
  ]);
  const admin = connectAs(cluster, 'admin');
  await processes.until('The API server', PATIENCE_MS, async () => {
    return (await admin.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' })) !== undefined;
  });

  const connected = ['--kubeconfig=kubeconfig', '--leader-elect=false', '--secure-port=0'];
  processes.start('kube-controller-manager', [
    ...connected,
    // kwok renews no leases.
    '--node-monitor-grace-period=24h',
    '--service-account-private-key-file=sa.key',
    '--root-ca-file=loopback.crt',
  ]);
  processes.start('kube-scheduler', connected);
  processes.start('kwok', ['--kubeconfig=kubeconfig', '--config=kwok.yaml']);
  await defineKinds(binary, admin, processes);
  for (const object of [...nodeClasses(), ...accessManifests(), ...telemetryManifests()]) await admin.apply(object);
  processes.start('karpenter', [], {
    KUBECONFIG: file('kubeconfig'),
    DISABLE_LEADER_ELECTION: 'true',
    INSTANCE_TYPES_FILE_PATH: file('instance-types.json'),
    OUT_OF_CAPACITY_FOLDER: cluster.outOfCapacityFolder,
    METRICS_PORT: '0',
    HEALTH_PROBE_PORT: String(health),
    SYSTEM_NAMESPACE: 'kube-system',
    KARPENTER_SERVICE: 'karpenter',
  });
  await processes.until('Karpenter', PATIENCE_MS, async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok);
  return cluster;
}

/** As an access entry gives it to a role. */
const GROUPS: Record<Who, string | undefined> = {
  admin: 'system:masters',
  nobody: undefined,
  operator: operatorGroup(OPERATORS.operator),
  formerOperator: operatorGroup(OPERATORS.formerOperator),
  ...(Object.fromEntries(KUBERNETES_ACTORS.map((actor) => [actor, groupOf(actor)])) as Record<Actor, string>),
};

const tokenFile = (tokens: Record<Who, string>): string =>
  Object.entries(GROUPS)
    .map(([who, group]) => `${tokens[who as Who]},${who},${who}${group === undefined ? '' : `,"${group}"`}\n`)
    .join('');

const kubeConfig = ({ server, caData, tokens }: TestCluster) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'it',
  clusters: [{ name: 'it', cluster: { server, 'certificate-authority-data': caData } }],
  users: [{ name: 'admin', user: { token: tokens.admin } }],
  contexts: [{ name: 'it', context: { cluster: 'it', user: 'admin' } }],
});

/** The NodeClass that Auto Mode brings along, and kwok's own of its name, which says how long a boot takes. */
const nodeClasses = () => [
  { apiVersion: 'eks.amazonaws.com/v1', kind: 'NodeClass', metadata: { name: 'default' } },
  { apiVersion: 'karpenter.kwok.sh/v1alpha1', kind: 'KWOKNodeClass', metadata: { name: 'default' }, spec: {} },
];

async function defineKinds(binary: string, admin: Cluster, processes: Processes): Promise<void> {
  const { stdout } = await run(binary, ['crds'], { maxBuffer: 64 * 1024 * 1024 });
  const definitions = JSON.parse(stdout) as AnyObject[];
  for (const definition of definitions) await admin.apply(definition);
  await processes.until('The kinds of Karpenter', PATIENCE_MS, async () => {
    const found = await Promise.all(
      definitions.map(({ apiVersion, kind, metadata: { name } }) => admin.get({ apiVersion, kind, name })),
    );
    return found.every((one) =>
      one?.status?.conditions?.some(
        ({ type, status }: { type: string; status: string }) => type === 'Established' && status === 'True',
      ),
    );
  });
}
