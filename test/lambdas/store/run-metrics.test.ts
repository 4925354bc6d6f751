import { expect, it } from 'vitest';
import { endMetrics } from '#lambdas/notify/end-metrics.ts';
import { writeRecord } from '#lambdas/store/deployment-record.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { runMetrics } from '#lambdas/store/run-metrics.ts';
import { loadRecord, record } from '../fakes/records.ts';
import { measured } from '../fakes/rows.ts';
import { watched } from '../fakes/stores.ts';
import { RUN, World } from '../fakes/world.ts';

const NONE = { CellsMeasured: 0, GpuHours: 0, Dollars: 0 };

/** A run of which a cell is measured, by a node whose record is whole. */
async function measuredRun(valid = true): Promise<World> {
  const world = await World.planned();
  const [first] = await world.deployments();
  await recordRow(world.store, measured(first!, { cell: 0, valid }));
  await writeRecord(world.store, record({ measureSeconds: 3000 }), undefined);
  await writeRecord(world.store, loadRecord({ measureSeconds: 3000 }), undefined);
  return world;
}

it('add to the dashboard what this execution measured and bought, and nothing of the ones before', async () => {
  const world = await measuredRun();
  const { gpu_count, total_usd } = record({ measureSeconds: 3000 });
  expect(await endMetrics(world, { run: RUN, status: 'PARTIAL' })).toEqual({
    ...{ RunsEnded: 1, RunsFailed: 0, CellsMeasured: 1 },
    GpuHours: gpu_count! * 1,
    Dollars: expect.closeTo(total_usd + loadRecord({ measureSeconds: 3000 }).total_usd, 9),
  });
  await world.resume();
  expect(await endMetrics(world, { run: RUN, status: 'FAILED' })).toEqual({ RunsEnded: 1, RunsFailed: 1, ...NONE });
});

it('are told once of an execution, whoever asks, however often and at once', async () => {
  const world = await measuredRun();
  const ask = [
    () => endMetrics(world, { run: RUN, status: 'PARTIAL' }),
    () => runMetrics(world.store, { run: RUN, attempt: 1 }),
    () => runMetrics(world.store, { run: RUN, attempt: 1 }),
  ];
  const told = await Promise.all(ask.map((one) => one()));
  expect(told.filter((one) => Object.keys(one).length > 0)).toHaveLength(1);
  for (const one of ask) expect(await one()).toEqual({});
});

it('are told the next time where what they are made of could not be read', async () => {
  const world = await measuredRun();
  const broken = watched(world.store, (operation) => {
    if (operation === 'list') throw new Error('throttled');
  });
  await expect(runMetrics(broken, { run: RUN, attempt: 1 })).rejects.toThrow('throttled');
  expect(await runMetrics(world.store, { run: RUN, attempt: 1 })).toMatchObject({ RunsEnded: 1 });
});

it.each([true, false])('count a run without a valid cell as failed where nobody says (valid: %s)', async (valid) => {
  const world = await measuredRun(valid);
  expect(await runMetrics(world.store, { run: RUN, attempt: 1 })).toMatchObject({ RunsFailed: valid ? 0 : 1 });
});
