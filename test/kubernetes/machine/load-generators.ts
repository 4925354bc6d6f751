import { setTimeout as delay } from 'node:timers/promises';
import { Label, NAMESPACE } from '#core/cluster/names.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { readCell } from '#lambdas/store/plan.ts';
import { genaiPerfFiles } from '#local/images/genai-perf-files.ts';
import { Kubelet } from '../cluster/kubelet.ts';

const LOOK_EVERY_MS = 300;

/** How every request of every load went. */
const TTFT_MS = 60;
const ITL_MS = 10;

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
  const latencyMs = TTFT_MS + ITL_MS * (cell.osl - 1);
  const waves = cell.requestCount / (cell.concurrency ?? 1);
  const endMs = Date.now();
  const files = genaiPerfFiles({
    cell,
    prediction: {
      ttftMs: TTFT_MS,
      itlMs: ITL_MS,
      latencyMs,
      requestThroughputPerS: (cell.concurrency ?? 1) / (latencyMs / 1000),
    } as Parameters<typeof genaiPerfFiles>[0]['prediction'],
    startMs: endMs - waves * latencyMs,
    endMs,
  });
  for (const [name, body] of Object.entries(files)) await store.put(prefix + name, body);
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
