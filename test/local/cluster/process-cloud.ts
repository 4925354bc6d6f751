import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import { RealClock } from '#local/clock/real-clock.ts';
import type { Fault } from '#local/cluster/faults.ts';
import { Faults } from '#local/cluster/faults.ts';
import type { Launcher } from '#local/cluster/images.ts';
import { createLocalCloud, type LocalCloud } from '#local/cluster/local-cloud.ts';
import { CLUSTER, ENGINE_IMAGE, podsOf } from './virtual-cloud.ts';

const ENGINE = fileURLToPath(new URL('./programs/engine.mjs', import.meta.url));

export const engineProgram = (...args: string[]): Launcher => ({
  process: () => ({ command: process.execPath, args: [ENGINE, ...args] }),
});

/** A launcher that runs a line of JavaScript. */
export const script = (code: string): Launcher => ({
  process: ({ args }) => ({ command: process.execPath, args: ['-e', code, ...args] }),
});

/** Every latency as small as it can be: what takes time here is the processes. */
const LATENCIES = {
  launchCallMs: 1,
  capacityRetryMs: 20,
  nodeLaunchMs: 5,
  nodeTerminationMs: 5,
  instanceGoneMs: 5,
  imagePullMs: () => 1,
  probePeriodMs: 30,
};

export interface ProcessCloud {
  clock: RealClock;
  cloud: LocalCloud;
  cluster: Cluster;
  workDir: string;
  close(): Promise<void>;
}

export async function processCloud(
  images: Record<string, Launcher> = {},
  faults: readonly Fault[] = [],
): Promise<ProcessCloud> {
  const clock = new RealClock();
  const workDir = await mkdtemp(join(tmpdir(), 'stepbench-test-'));
  const cloud = createLocalCloud({
    clock,
    kubelet: 'process',
    workDir,
    images: { [ENGINE_IMAGE]: engineProgram(), ...images },
    latencies: LATENCIES,
    faults: new Faults(clock, faults),
    existing: [{ name: CLUSTER, version: '1.36', ours: true }],
  });
  await cloud.clusters.ensureAccess(CLUSTER);
  const close = async () => {
    await cloud.close();
    await rm(workDir, { recursive: true, force: true });
  };
  return { clock, cloud, cluster: await cloud.connect(CLUSTER), workDir, close };
}

/** A process that was killed and that nobody has waited for yet runs no more: its state is Z. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z/.test(readFileSync(stat, 'utf8'));
}

/** What the engine program said of itself and its grandchild. */
export async function pidsOf(cluster: Cluster, job: KubernetesObject): Promise<number[]> {
  const [pod] = await podsOf(cluster, job);
  if (pod === undefined) return [];
  const { name: podName, namespace } = pod.metadata;
  const log = await cluster.logs({ namespace: namespace!, pod: podName, container: 'engine', tailLines: 50 });
  const line = log.split('\n').find((text) => text.startsWith('{"pid"'));
  return line === undefined ? [] : Object.values(JSON.parse(line) as Record<string, number>);
}
