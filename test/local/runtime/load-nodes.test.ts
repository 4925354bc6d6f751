import { expect, test } from 'vitest';
import { LOAD_INSTANCE_TYPE } from '#core/pricing/shared-rates.ts';
import { readRecords } from '#lambdas/store/deployment-record.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { silentSql } from './virtual-run.ts';

/** One deployment after the other, each measured for longer than an empty node is kept. */
const SLOW = {
  name: 'slow',
  matrix: { instanceType: ['g5.8xlarge', 'g5.16xlarge'], concurrency: [2, 4] },
  defaults: { model: 'openai/gpt-oss-20b', isl: 64, osl: 500 },
  load: { maxCellSeconds: 3600, requestsPerConcurrency: 40 },
  maxParallelDeployments: 1,
  budgetUsd: 200,
};

test('every node of the load generators is in the record, also one that went long before the run ended', async () => {
  const clock = new VirtualClock();
  const store = memoryStore();
  const runtime = await openRuntime({
    ...{ clock, store, sql: silentSql, executions: { isRunning: async () => true } },
    ...{
      kubelet: 'virtual',
      latencies: AWS_LATENCIES,
      engineLoadMs: 120_000,
      secondsOf: () => ({ start: 10, warmup: 10, measure: 880 }),
    },
    // The second engine lands in another zone, and wants its generator there.
    faults: [{ kind: 'insufficient-capacity', where: { instanceType: 'g5.8xlarge', zone: 'us-east-1a' } }],
  });
  const { done } = await execute(runtime, { matrix: SLOW, run: 'slow', name: 'slow-1' });
  expect(await done).toMatchObject({ released: true, warnings: [] });
  const nodes = runtime.cloud.instanceHistory().filter((one) => one.instanceType === LOAD_INSTANCE_TYPE);
  await runtime.close();
  const endedMs = clock.nowMs();
  const gone = nodes.filter(({ terminatedAtMs = endedMs }) => endedMs - terminatedAtMs > 600_000);
  expect(gone.length).toBeGreaterThan(0);
  const seconds = nodes.reduce((sum, one) => sum + ((one.stoppedAtMs ?? endedMs) - one.launchedAtMs) / 1000, 0);
  const record = (await readRecords(store, 'slow')).find(({ role }) => role === 'load');
  expect(record?.instance_id?.split(',').toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
  expect(record?.node_s).toBeGreaterThanOrEqual(seconds);
  // A node that nobody saw go is counted for as long as it may have been kept.
  expect(record?.node_s).toBeLessThan(seconds + gone.length * 900);
});
