import { expect, it } from 'vitest';
import { runMetrics } from '#lambdas/notify/run-metrics.ts';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { loadRecord, record } from '../fakes/records.ts';
import { measured } from '../fakes/rows.ts';
import { RUN, World } from '../fakes/world.ts';

it('adds to the dashboard what this execution measured and bought, and nothing of the ones before', async () => {
  const world = await World.planned();
  const [first] = await world.deployments();
  await recordRow(world.store, measured(first!, { cell: 0 }));
  await writeRecord(world.store, record({ measureSeconds: 3000 }), undefined);
  await writeRecord(world.store, loadRecord({ measureSeconds: 3000 }), undefined);
  const before = await runMetrics(world, { run: RUN, status: 'PARTIAL' });
  const { gpu_count, total_usd } = record({ measureSeconds: 3000 });
  expect(before).toEqual({
    ...{ RunsEnded: 1, RunsFailed: 0, CellsMeasured: 1 },
    GpuHours: gpu_count! * 1,
    Dollars: expect.closeTo(total_usd + loadRecord({ measureSeconds: 3000 }).total_usd, 9),
  });
  await world.resume();
  const none = { CellsMeasured: 0, GpuHours: 0, Dollars: 0 };
  expect(await runMetrics(world, { run: RUN, status: 'FAILED' })).toEqual({ RunsEnded: 1, RunsFailed: 1, ...none });
});
