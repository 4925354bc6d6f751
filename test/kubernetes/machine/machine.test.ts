import { describe, expect, inject, test } from 'vitest';
import { gpuNodePoolName } from '#core/cluster/names.ts';
import type { ObjectStore } from '#core/ports/object-store.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { status } from '#lambdas/status/task.ts';
import type { RunStatusView } from '#lambdas/status/views.ts';
import { readDeployment } from '#lambdas/store/plan.ts';
import type { InvokeTask } from '#local/runtime/runtime.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { withoutCapacity } from '../cluster/capacity.ts';
import { connectAs } from '../cluster/test-cluster.ts';
import { RECORDED_LOAD } from './load-generators.ts';
import { nodeClusters } from './node-clusters.ts';
import { runMachine } from './run-machine.ts';

const { concurrency, isl, osl, ...load } = RECORDED_LOAD;

/** Two deployments of two cells. */
const matrix = (name: string) => ({
  name,
  matrix: { instanceType: ['g5.xlarge', 'g5.2xlarge'], streaming: [true, false] },
  defaults: { model: 'openai/gpt-oss-20b', concurrency, isl, osl },
  load,
  capacity: { patienceSeconds: 60 },
  budgetUsd: 20,
});

const kubernetes = inject('kubernetes');

/** What `stepbench status` shows, by a function that may only read. */
const statusOf = (store: ObjectStore, run: string) => {
  const cluster = connectAs(kubernetes, 'Status');
  const clusters = nodeClusters(connectAs(kubernetes, 'admin'));
  return status({ store, clusters, connect: async () => cluster })({ run });
};

// At once: each is a run of its own, as they may be on one cluster.
describe.concurrent('the whole state machine on a real API server with the real Karpenter', () => {
  test('measures a 2 x 2 matrix, shows it meanwhile to whoever may look, and nothing of it is left', async () => {
    const store = memoryStore();
    const run = 'two-by-two';
    const views: RunStatusView[] = [];
    const around =
      (invoke: InvokeTask): InvokeTask =>
      async (name, input) => {
        const output = await invoke(name, input);
        if (name === 'LaunchJob') views.push(await statusOf(store, run));
        return output;
      };
    const ending = await runMachine({ kubernetes, store, run, matrix: matrix(run), around });
    const view = views.at(-1);
    expect(view?.nodes.map((node) => node.instanceType)).toContain('c7i.4xlarge');
    expect(view?.pods.length).toBeGreaterThan(1);
    expect(view?.events.map((event) => event.reason)).toContain('Scheduled');
    expect(view?.logs.map((log) => log.text).join()).toContain('what the container said');
    expect(ending.cause).toBeUndefined();
    expect(ending).toMatchObject({ status: 'SUCCEEDED', output: { status: 'SUCCEEDED' }, warnings: [] });
    // As the recordings have them.
    const measured = ending.rows.map((row) => [
      row.instance_type,
      row.streaming,
      row.valid,
      row.request_latency_p95_ms,
    ]);
    expect(measured.sort()).toEqual([
      ['g5.2xlarge', false, true, expect.closeTo(211.028, 3)],
      ['g5.2xlarge', true, true, expect.closeTo(207.374, 3)],
      ['g5.xlarge', false, true, expect.closeTo(211.028, 3)],
      ['g5.xlarge', true, true, expect.closeTo(207.374, 3)],
    ]);
    expect(ending.left).toEqual([]);
  });

  test('without capacity for one deployment measures the other, and says which was refused and why', async () => {
    const store = memoryStore();
    const restores: (() => Promise<void>)[] = [];
    const around =
      (invoke: InvokeTask): InvokeTask =>
      async (name, input) => {
        if (name === 'ProvisionNodePool') {
          const { run, deployment, deploymentDeadline } = input as TaskInput<'ProvisionNodePool'>;
          const { instanceType } = await readDeployment(store, run, deployment);
          const nodePool = gpuNodePoolName(run, deployment, deploymentDeadline);
          if (instanceType === 'g5.2xlarge') restores.push(await withoutCapacity(kubernetes, nodePool));
        }
        return invoke(name, input);
      };
    const ending = await runMachine({ kubernetes, store, run: 'one-of-two', matrix: matrix('one-of-two'), around });
    expect(ending).toMatchObject({ status: 'SUCCEEDED', output: { status: 'PARTIAL' } });
    const of = (instanceType: string) => ending.rows.filter((row) => row.instance_type === instanceType);
    expect(of('g5.xlarge').map((row) => row.valid)).toEqual([true, true]);
    expect(of('g5.2xlarge').map((row) => row.error_name)).toEqual(['NoCapacity', 'NoCapacity']);
    expect(of('g5.2xlarge')[0]?.error_reason).toMatch(/InsufficientCapacityError/);
    expect(ending.left).toEqual([]);
    for (const restore of restores) await restore();
  });

  test('stopped in the middle leaves nothing, once the guards have asked until it is so', async () => {
    let stop = (_: string) => {};
    const around =
      (invoke: InvokeTask): InvokeTask =>
      async (name, input) => {
        const output = await invoke(name, input);
        if (name === 'LaunchJob') stop('the test stops it');
        return output;
      };
    const ending = await runMachine({
      kubernetes,
      run: 'stopped',
      matrix: matrix('stopped'),
      around,
      started: (handle) => {
        stop = handle.stop;
      },
    });
    expect(ending).toMatchObject({ status: 'ABORTED', released: true });
    expect(ending.rows.map((row) => row.error_name)).toHaveLength(4);
    expect(ending.left).toEqual([]);
  });
});
