import { setTimeout as delay } from 'node:timers/promises';
import { Label, NAMESPACE } from '#core/cluster/names.ts';
import { ArtifactName } from '#core/generators/artifacts.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { readCell } from '#lambdas/store/plan.ts';
import { fixtureFiles } from '#test/core/generators/fixture-files.ts';
import { Kubelet } from '../cluster/kubelet.ts';

const LOOK_EVERY_MS = 300;

/**
 * What genai-perf itself once wrote, whole, of the load of each cell: 20 requests of 32 tokens in and 16 out, 5 at a
 * time. A matrix of these tests asks for that load.
 */
const RECORDING = { streamed: 'gp-stream', whole: 'gp-nonstream' };
export const RECORDED_LOAD = { concurrency: 5, isl: 32, osl: 16, requestCount: 20, warmupRequestCount: 5 };

interface Parts {
  /** As the kubelets see it. */
  cluster: Cluster;
  store: ObjectStore;
  run: string;
}

/**
 * Stands in for what no loopback node runs: a generator that has measured, the uploader that takes its files to the
 * store, and the stager. It finds out what to do from the pods alone, and then lets their containers end well.
 */
export function startLoadGenerators(parts: Parts): { stop(): Promise<void> } {
  let stopped = false;
  const done = new Set<string>();
  const working = (async () => {
    while (!stopped) {
      for (const pod of await startedPods(parts)) {
        const uid = pod.metadata.uid ?? '';
        if (done.has(uid)) continue;
        done.add(uid);
        await work(parts, pod);
        await endWell(parts.cluster, pod);
      }
      await delay(LOOK_EVERY_MS);
    }
  })();
  return {
    stop: () => {
      stopped = true;
      return working;
    },
  };
}

const workers = new Set(['load', 'stage']);

async function startedPods({ cluster, run }: Parts): Promise<AnyObject[]> {
  const pods = await cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: NAMESPACE,
    labels: { [Label.run]: run },
  });
  return pods.filter(
    ({ metadata, status }) =>
      workers.has(metadata.labels?.[Label.role] ?? '') &&
      status?.startTime !== undefined &&
      metadata.deletionTimestamp === undefined,
  );
}

async function work({ store, run }: Parts, pod: AnyObject): Promise<void> {
  const labels = pod.metadata.labels ?? {};
  const prefix = variable(pod, 'UPLOAD_PREFIX');
  if (labels[Label.role] === 'stage') {
    await store.put(`${prefix}.staged`, 'staged\n');
    return;
  }
  const { cell } = await readCell(store, run, labels[Label.deployment] ?? '', labels[Label.cell] ?? '');
  const asked = Object.keys(RECORDED_LOAD).map((name) => [name, cell[name as keyof typeof RECORDED_LOAD]]);
  if (JSON.stringify(Object.fromEntries(asked)) !== JSON.stringify(RECORDED_LOAD)) {
    throw new Error(`No load of ${JSON.stringify(Object.fromEntries(asked))} was ever recorded.`);
  }
  const files = await fixtureFiles(cell.streaming ? RECORDING.streamed : RECORDING.whole, {
    [ArtifactName.exitCode]: '0\n',
  });
  for (const name of await files.list()) await store.put(prefix + name, (await files.read(name)) as Uint8Array);
}

/** Of the container that uploads, as the manifest sets it. */
function variable(pod: AnyObject, name: string): string {
  const env: { name: string; value?: string }[] = pod.spec.containers[0].env;
  const value = env.find((one) => one.name === name)?.value;
  if (value === undefined) throw new Error(`${pod.metadata.name} has no ${name}`);
  return value;
}

const endWell = (cluster: Cluster, { metadata: { name, namespace = '' } }: AnyObject) =>
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations: { [Kubelet.succeedAfter]: '0s' } },
  });
