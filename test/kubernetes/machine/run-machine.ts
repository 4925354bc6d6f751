import { Label, NAMESPACE } from '#core/cluster/names.ts';
import { AUTO_IN_AWS } from '#core/generators/generators.ts';
import type { Cluster } from '#core/ports/cluster.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Sql } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import { goneFrom } from '#lambdas/cluster/still-there.ts';
import { collectingNotifier } from '#local/notifier/collecting-notifier.ts';
import { noQuotas, tablePrices } from '#local/prices/table-prices.ts';
import { type ExecuteOptions, execute } from '#local/runtime/execute.ts';
import { bindTasks, type Tasks } from '#local/runtime/tasks.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { connectAs, type TestCluster, type Who } from '../cluster/test-cluster.ts';
import { HurriedClock } from './hurried-clock.ts';
import { startLoadGenerators } from './load-generators.ts';
import { nodeClusters } from './node-clusters.ts';

/** Answers nothing, at once: what the statements are is another tier's business. */
const silentSql: Sql = {
  start: async ({ token }) => token,
  status: async () => ({ state: 'SUCCEEDED', scannedBytes: 0 }),
  rows: async function* () {},
};

export interface MachineRun extends Pick<ExecuteOptions, 'matrix' | 'run' | 'around'> {
  kubernetes: TestCluster;
  store?: ObjectStore;
  /** Called once it runs. */
  started?: (handle: { stop(reason: string): void }) => void;
}

/**
 * A whole run: the committed machine through the interpreter, the real tasks, a real API server and Karpenter. Every
 * task comes with the token of its own group, so that a right that it lacks fails the run.
 */
export async function runMachine({ kubernetes, store = memoryStore(), started, ...options }: MachineRun) {
  const admin = connectAs(kubernetes, 'admin');
  const clock = new HurriedClock();
  const ports: Ports = {
    clock,
    connect: async () => connectAs(kubernetes, 'nobody'),
    clusters: nodeClusters(admin),
    store,
    prices: tablePrices,
    quotas: noQuotas,
    sql: silentSql,
    notifier: collectingNotifier(),
    executions: { isRunning: async () => true },
  };
  const generators = startLoadGenerators({ cluster: admin, store, run: options.run });
  try {
    const runtime = { ports, tasks: tasksAsThemselves(kubernetes, ports), clock };
    const executing = await execute(runtime, { ...options, name: `${options.run}-1` });
    started?.(executing);
    const result = await executing.done;
    return { ...result, rows: await rowsOf(store, options.run), left: await leftOf(admin, options.run) };
  } finally {
    await generators.stop();
  }
}

function tasksAsThemselves(kubernetes: TestCluster, ports: Ports): Tasks {
  const bound = TASK_NAMES.map((name): [TaskName, unknown] => {
    const known = name in kubernetes.tokens;
    const cluster = connectAs(kubernetes, known ? (name as Who) : 'nobody');
    const own = { ...ports, connect: async () => cluster };
    const settings = { autoGenerator: AUTO_IN_AWS, askGone: goneFrom(own) };
    return [name, bindTasks(own, loadQueries(), settings)[name]];
  });
  return Object.fromEntries(bound) as unknown as Tasks;
}

async function rowsOf(store: ObjectStore, run: string): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const { key } of store.list(`runs/${run}/rows/`)) {
    rows.push(JSON.parse(new TextDecoder().decode((await store.get(key))?.body)));
  }
  return rows;
}

/** Whatever of a run still stands in the cluster. */
export async function leftOf(cluster: Cluster, run: string): Promise<string[]> {
  const labels = { [Label.run]: run };
  const kinds = [
    { apiVersion: 'karpenter.sh/v1', kind: 'NodePool' },
    { apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim' },
    { apiVersion: 'v1', kind: 'Node' },
    { apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE },
    { apiVersion: 'v1', kind: 'Service', namespace: NAMESPACE },
  ];
  const found = await Promise.all(kinds.map((kind) => cluster.list({ ...kind, labels })));
  return found.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}
