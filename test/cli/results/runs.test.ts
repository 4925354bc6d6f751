import { describe, expect, it } from 'vitest';
import { storeResults } from '#cli/results/store-results.ts';
import { guard } from '#lambdas/guard/task.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { FIRST, RUN, SECOND, World } from '#test/lambdas/fakes/world.ts';

const runsOf = ({ store }: World) =>
  storeResults(store, loadQueries(), () => Promise.reject(new Error('nothing was to be asked'))).runs();

describe('the runs of a store', () => {
  it('have their first start and their latest, and the one that was worked on last comes first', async () => {
    const world = await World.planned();
    const first = world.clock.iso;
    world.clock.forward(3600);
    await world.expand({ requestedRun: 'other', execution: 'other-execution' });
    const between = world.clock.iso;
    expect((await runsOf(world)).map(({ run }) => run)).toEqual(['other', RUN]);
    world.clock.forward(3600);
    await world.resume();
    expect(await runsOf(world)).toMatchObject([
      { run: RUN, startedAt: first, lastStartedAt: world.clock.iso, executions: 2 },
      { run: 'other', startedAt: between, lastStartedAt: between, executions: 1 },
    ]);
  });

  it.each([
    ['ABORTED', { status: 'ABORTED' }],
    ['ABORTED', { status: 'ABORTED', error: 'EngineFailed', cause: 'the name that somebody gave the stop' }],
    ['FAILED', { status: 'FAILED', error: 'ClusterFailed', cause: 'Interrupted by the cloud' }],
  ])('call one %s that ended with %j', async (status, detail) => {
    const world = await World.planned();
    world.running.clear();
    await guard(world)({ detail: { executionArn: FIRST, input: JSON.stringify({ run: RUN }), ...detail } });
    expect(await runsOf(world)).toMatchObject([{ run: RUN, status }]);
    await world.expand({ execution: SECOND });
    expect(await runsOf(world)).toMatchObject([{ status: 'UNFINISHED' }]);
  });
});
