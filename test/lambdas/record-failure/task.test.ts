import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import type { TaskInput } from '#core/workflow/task-signatures.ts';
import { recordFailure } from '#lambdas/record-failure/task.ts';
import { readRows, recordRow } from '#lambdas/store/rows.ts';
import { noNode, sampleNode } from '#test/core/results/samples.ts';
import { measured } from '../fakes/rows.ts';
import { breaksOnce } from '../fakes/stores.ts';
import { RUN, World } from '../fakes/world.ts';

let world: World;
let deployment: PlannedDeployment;
beforeEach(async () => {
  world = await World.planned();
  deployment = (await world.deployments())[0]!;
});

const record = (changes: Partial<TaskInput<'RecordFailure'>> = {}) =>
  recordFailure(world)({
    ...{ run: RUN, deployment: deployment.id, attempt: 1, capacity: 0, node: sampleNode },
    cells: deployment.cells.map(({ id }) => ({ cell: id })),
    failure: { error: 'EngineFailed', cause: '{"errorMessage":"out of memory"}' },
    ...changes,
  });
const rows = async () => (await readRows(world.store, RUN)).toSorted((a, b) => a.cell_id.localeCompare(b.cell_id));

describe('recording a failure', () => {
  it('gives every cell of the deployment its reason, once', async () => {
    expect(await record()).toEqual({ recorded: 2 });
    const before = await rows();
    expect(before).toHaveLength(2);
    for (const row of before) {
      expect(row).toMatchObject({
        error_name: 'EngineFailed',
        error_reason: 'out of memory',
        attempt: 1,
        valid: false,
      });
    }
    world.clock.forward(60);
    await record({ failure: { error: 'Other', cause: 'later' } });
    expect(await rows()).toEqual(before);
  });

  it('takes nothing from a cell that was measured, valid or not', async () => {
    const kept = [measured(deployment, { cell: 0 }), measured(deployment, { cell: 1, valid: false })];
    for (const row of kept) await recordRow(world.store, row);
    await record({ attempt: 7 });
    expect(await rows()).toEqual(kept.toSorted((a, b) => a.cell_id.localeCompare(b.cell_id)));
  });

  it('of a later attempt takes the place of an earlier one', async () => {
    await record();
    await record({ attempt: 2, failure: { error: 'NoCapacity', cause: 'none' }, node: noNode });
    expect((await rows()).map((row) => [row.attempt, row.error_name])).toEqual([
      [2, 'NoCapacity'],
      [2, 'NoCapacity'],
    ]);
  });

  it('has a price where a node was paid for, and none where none came', async () => {
    await record();
    for (const row of await rows()) expect(row.price_usd_per_hour).toBe(deployment.prices[0]!.priceUsdPerHour);
    world = await World.planned();
    await record({ node: noNode });
    for (const row of await rows()) expect(row.price_usd_per_hour).toBeNull();
  });

  it('says where the files are, if the cell left some', async () => {
    const prefix = `runs/${RUN}/artifacts/${deployment.id}/${deployment.cells[0]!.id}/1/`;
    await world.store.put(`${prefix}stderr.log`, 'x');
    await record();
    expect((await rows()).map((row) => row.artifacts)).toEqual(expect.arrayContaining([prefix, null]));
  });

  it('goes on where it broke off', async () => {
    world.store = breaksOnce(world.store, 2);
    await expect(record()).rejects.toThrow('the store broke');
    await record();
    expect(await rows()).toHaveLength(2);
  });
});
