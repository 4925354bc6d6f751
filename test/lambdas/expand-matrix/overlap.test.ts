import { beforeEach, describe, expect, it } from 'vitest';
import { ErrorName } from '#core/workflow/errors.ts';
import { endLease } from '#lambdas/store/lease.ts';
import { keysOf } from '../fakes/stores.ts';
import { FIRST, SECOND, World } from '../fakes/world.ts';

const MONDAY = 'nightly@2026-07-06T02:30:00Z';
const TUESDAY = 'nightly@2026-07-07T02:30:00Z';

let world: World;
beforeEach(async () => {
  world = new World();
  world.running.add(SECOND);
  await world.expand({ requestedRun: MONDAY });
});

const second = (requestedRun: string) => world.expand({ execution: SECOND, requestedRun });

describe('the runs of a schedule', () => {
  it('are named after the time they were scheduled for', async () => {
    expect(await keysOf(world.store, 'runs/nightly-20260706t0230/lease')).toHaveLength(1);
  });

  it('are started once, however often one occasion is delivered', async () => {
    await expect(second(MONDAY)).rejects.toMatchObject({ name: ErrorName.RunAlreadyActive });
  });

  it('do not overlap: an occasion is left out while the one before is under way, and says so', async () => {
    await expect(second(TUESDAY)).rejects.toMatchObject({
      name: ErrorName.RunAlreadyActive,
      message: expect.stringContaining('nightly-20260706t0230 still under way'),
    });
    expect(await keysOf(world.store, 'runs/nightly-20260707t0230/')).toEqual([]);
  });

  it('follow one that has ended, or whose execution is gone', async () => {
    await endLease(world, 'nightly-20260706t0230', FIRST);
    expect((await second(TUESDAY)).run).toBe('nightly-20260707t0230');
    world.running.delete(SECOND);
    world.running.add('third');
    expect((await world.expand({ execution: 'third', requestedRun: 'nightly@2026-07-08T02:30:00Z' })).attempt).toBe(1);
  });

  it.each(['weekly@2026-07-06T02:30:00Z', 'nightly-2@2026-07-07T02:30:00Z', 'by-hand'])(
    'keep nobody else waiting: %s',
    async (requestedRun) => {
      expect((await second(requestedRun)).deploymentCount).toBe(2);
    },
  );
});
