import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { type Counted, countingStore } from './counting-store.ts';

export interface Orchestrated {
  seconds: number;
  transitions: number;
  calls: Map<TaskName, number>;
  store: Counted;
  /** Statements that Athena was given: of them views, which are DDL. */
  statements: { views: number; questions: number };
  /** Bytes that Step Functions logs of the run at level ALL, without data. */
  logBytes: number;
  gpuSeconds: number;
  /** By instance type and capacity type, of GPU nodes only. */
  nodes: { instanceType: string; seconds: number }[];
  cells: number;
}

/**
 * A run over a matrix in virtual time, from no cluster to proof of gone, with everything counted that a service of
 * AWS would charge for.
 */
export async function orchestrate(matrix: unknown): Promise<Orchestrated> {
  const clock = new VirtualClock();
  const { store, counted } = countingStore(memoryStore());
  const calls = new Map<TaskName, number>();
  const statements = { views: 0, questions: 0 };
  let logBytes = 0;
  const runtime = await openRuntime({
    clock,
    store,
    sql: {
      start: async ({ sql, token }) => {
        statements[/\bcreate or replace view\b/i.test(sql) ? 'views' : 'questions'] += 1;
        return token;
      },
      status: async () => ({ state: 'SUCCEEDED', scannedBytes: 0 }),
      rows: async function* () {},
    },
    executions: { isRunning: async () => true },
    kubelet: 'virtual',
    latencies: AWS_LATENCIES,
    engineLoadMs: 120_000,
  });
  const startedMs = clock.nowMs();
  const { done, execution } = await execute(runtime, {
    matrix,
    run: 'priced',
    name: 'priced',
    onEvent: (event) => {
      logBytes += loggedBytes(event);
    },
    around: (invoke) => (task, input) => {
      calls.set(task, (calls.get(task) ?? 0) + 1);
      return invoke(task, input);
    },
  });
  const result = await done;
  if (result.status !== 'SUCCEEDED') throw new Error(`${result.error}: ${result.cause}`);
  const seconds = (clock.nowMs() - startedMs) / 1000;
  const nodes = runtime.cloud
    .instanceHistory()
    .filter(({ instanceType }) => /^[gp]\d/.test(instanceType))
    .map((one) => ({
      instanceType: one.instanceType,
      seconds: ((one.stoppedAtMs ?? clock.nowMs()) - one.launchedAtMs) / 1000,
    }));
  await runtime.close();
  const { cells } = result.output as { cells: { total: number } };
  return {
    seconds,
    transitions: execution.transitions(),
    calls,
    store: counted,
    statements,
    logBytes,
    gpuSeconds: nodes.reduce((sum, one) => sum + one.seconds, 0),
    nodes,
    cells: cells.total,
  };
}

/**
 * An event in the shape of Step Functions' logs ("CloudWatch Logs", its guide), which leaves input, output and
 * parameters out where `includeExecutionData` is false; CloudWatch counts 26 bytes more for each.
 */
function loggedBytes({ execution, event }: ExecutionEvent): number {
  const line = {
    id: event.id,
    type: event.type,
    details: { name: event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name, resource: 'invoke' },
    previous_event_id: event.previousEventId,
    event_timestamp: '1780000000000',
    execution_arn: execution.replace('local:000000000000', 'eu-central-1:123456789012'),
    redrive_count: '0',
  };
  return JSON.stringify(line).length + 26;
}
