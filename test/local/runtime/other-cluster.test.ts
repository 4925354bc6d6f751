import { expect, test } from 'vitest';
import { readLease } from '#lambdas/store/lease.ts';
import { findPlan } from '#lambdas/store/plan.ts';
import { AWS_LATENCIES } from '#local/cluster/latencies.ts';
import { execute } from '#local/runtime/execute.ts';
import { openRuntime } from '#local/runtime/runtime.ts';
import { newWorld, SMALL, silentSql } from './virtual-run.ts';

test('promises: a run that was killed leaves no node behind by being resumed on another cluster', async () => {
  const matrix = { ...SMALL, budgetUsd: 100 };
  const { clock, store, running } = newWorld();
  const runtime = await openRuntime({
    ...{ clock, store, sql: silentSql, kubelet: 'virtual', latencies: AWS_LATENCIES, engineLoadMs: 120_000 },
    executions: { isRunning: async (arn) => running.has(arn) },
  });
  let dead = false;
  const start = (name: string, asked: unknown) =>
    execute(runtime, {
      ...{ matrix: asked, run: 'small', name },
      around: (invoke) => (task, input) => (dead ? Promise.reject(new Error('nobody calls')) : invoke(task, input)),
    });
  const nodes = () => runtime.cloud.instanceHistory().filter(({ terminatedAtMs }) => terminatedAtMs === undefined);

  const killed = await start('small-1', matrix);
  running.add(killed.execution.arn);
  while (nodes().filter(({ instanceType }) => instanceType.startsWith('g5')).length < 2) await clock.sleep(10_000);
  dead = true;
  killed.stop('killed');
  await killed.execution.done;
  running.delete(killed.execution.arn);
  await clock.sleep(60_000);
  dead = false;

  const other = await (await start('small-2', { ...matrix, cluster: { name: 'other' } })).done;
  expect(other).toMatchObject({ status: 'FAILED', error: 'InvalidMatrix' });
  expect(other.cause).toContain('was started with \\"stepbench\\"');
  // Whoever sweeps still finds them: lease and plan name the cluster that they are on.
  expect((await readLease(store, 'small'))?.lease).toMatchObject({
    attempt: 1,
    cluster: 'stepbench',
    releasedAt: null,
  });
  expect((await findPlan(store, 'small'))?.cluster.name).toBe('stepbench');
  expect(nodes().length).toBeGreaterThan(0);

  const same = await start('small-3', matrix);
  running.add(same.execution.arn);
  expect(await same.done).toMatchObject({ status: 'SUCCEEDED' });
  expect(nodes()).toEqual([]);
  await runtime.close();
});
