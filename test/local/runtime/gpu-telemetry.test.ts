import { describe, expect, it } from 'vitest';
import { GPU_EXPORTER_PORT } from '#core/cluster/gpu-exporter.ts';
import { NAMESPACE, TELEMETRY_NAMESPACE } from '#core/cluster/names.ts';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { bindTasks, type Tasks } from '#local/runtime/tasks.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { SMALL, silentSql } from './virtual-run.ts';

type Exporters = (cluster: Cluster) => Promise<AnyObject[]>;

/** A whole run; what the load Jobs of it were told of their GPUs, and how it ended. */
async function runWith(exporters?: Exporters) {
  const runtime = await openRuntime({
    clock: new VirtualClock(),
    store: memoryStore(),
    sql: silentSql,
    executions: { isRunning: async () => true },
    kubelet: 'virtual',
    latencies: AWS_LATENCIES,
    engineLoadMs: 120_000,
  });
  const told: (string | undefined)[] = [];
  const connect = async (name: string): Promise<Cluster> => {
    const cluster = await runtime.ports.connect(name);
    return {
      apply: (object) => {
        if (object.kind === 'Job' && object.metadata.name.startsWith('load-')) told.push(urlIn(object as AnyObject));
        return cluster.apply(object);
      },
      get: (ref) => cluster.get(ref),
      list: (query) =>
        exporters !== undefined && query.namespace === TELEMETRY_NAMESPACE ? exporters(cluster) : cluster.list(query),
      delete: (ref) => cluster.delete(ref),
      events: (query) => cluster.events(query),
      logs: (query) => cluster.logs(query),
    };
  };
  const bound = bindTasks({ ...runtime.ports, connect }, loadQueries(), { autoGenerator: AUTO_IN_AWS });
  const tasks = Object.fromEntries(TASK_NAMES.map((name) => [name, bound[name]])) as unknown as Tasks;
  const { done } = await execute({ ...runtime, tasks }, { matrix: SMALL, run: 'small', name: 'small-1' });
  const { status } = await done;
  await runtime.close();
  return { status, told };
}

const urlIn = ({ spec }: AnyObject): string | undefined =>
  spec.template.spec.initContainers
    .flatMap(({ env }: { env: { name: string; value: string }[] }) => env)
    .find(({ name }: { name: string }) => name === 'STEPBENCH_GPU_METRICS_URL')?.value;

/** One on every node that has a pod of ours, at an address made of the node's name. */
const everywhere: Exporters = async (cluster) => {
  const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE });
  return pods.map(({ spec }) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'exporter' } },
    spec: { nodeName: spec.nodeName },
    status: { phase: 'Running', podIP: `at-${spec.nodeName}` },
  }));
};

describe('what a load is told of the GPUs of its engine', () => {
  it('is the exporter on the node of that engine, in every cell', async () => {
    const { status, told } = await runWith(everywhere);
    expect(status).toBe('SUCCEEDED');
    expect(told.length).toBeGreaterThan(1);
    for (const url of told) expect(url).toMatch(new RegExp(`^http://at-[^/]+:${GPU_EXPORTER_PORT}/metrics$`));
  });

  it('is nothing on a laptop, where there is none', async () => {
    const { status, told } = await runWith();
    expect([status, new Set(told)]).toEqual(['SUCCEEDED', new Set([undefined])]);
  });

  it('is nothing where the cluster refuses to tell; every cell is measured all the same', async () => {
    const { status, told } = await runWith(() => Promise.reject(new Error('pods is forbidden')));
    expect([status, new Set(told)]).toEqual(['SUCCEEDED', new Set([undefined])]);
  });
});
