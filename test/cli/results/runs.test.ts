import { describe, expect, it } from 'vitest';
import { storeResults } from '#cli/results/store-results.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { guard } from '#lambdas/guard/task.ts';
import { recordRow } from '#lambdas/store/rows.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import { measured } from '#test/lambdas/fakes/rows.ts';
import { keysOf, watched } from '#test/lambdas/fakes/stores.ts';
import { FIRST, NO_FAILURE, RUN, SECOND, World } from '#test/lambdas/fakes/world.ts';

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
    ['a row that is no JSON', /\/rows\//, '{"schema_version":1', /\/rows\/.* is not JSON/],
    ['a row that is none', /\/rows\//, '{"schema_version":1}', /\/rows\/.* is not a result row/],
    ['a plan that is no JSON', /plan\.json$/, 'garbage', /plan\.json is not JSON/],
    ['a plan that is none', /plan\.json$/, '{"schema_version":1}', /plan\.json is no plan/],
    ['a lease that is none', /lease\.json$/, '{}', /lease\.json is no lease/],
    ['a lease of another version', /lease\.json$/, '{"schema_version":9}', /lease of run night is not of this version/],
  ])('are told, all of them, where one has %s', async (_, broken, content, why) => {
    const world = await World.planned();
    await recordRow(world.store, measured((await world.deployments())[0]!, { cell: 0 }));
    await world.expand({ requestedRun: 'other', execution: 'other-execution' });
    for (const key of await keysOf(world.store, `runs/${RUN}/`))
      if (broken.test(key)) await world.store.put(key, content);
    expect(await runsOf(world)).toMatchObject([
      { run: 'other', status: 'UNFINISHED' },
      { run: RUN, status: 'UNREADABLE', unreadable: expect.stringMatching(why) },
    ]);
  });

  it('cannot be told where the store itself does not answer', async () => {
    const world = await World.planned();
    world.store = watched(world.store, () => {
      throw new StepBenchError(ErrorName.StoreFailed, 'the disk is gone');
    });
    await expect(runsOf(world)).rejects.toThrow('the disk is gone');
  });

  it.each([
    ['ABORTED', { status: 'ABORTED' }],
    ['ABORTED', { status: 'ABORTED', error: 'EngineFailed', cause: 'the name that somebody gave the stop' }],
    ['FAILED', { status: 'FAILED', error: 'ClusterFailed', cause: 'Interrupted by the cloud' }],
  ])('call one %s that ended with %j', async (status, detail) => {
    const world = await World.planned();
    world.running.clear();
    await guard(world, { stack: 'bench', why: async () => NO_FAILURE })({
      detail: { executionArn: FIRST, input: JSON.stringify({ run: RUN }), ...detail },
    });
    expect(await runsOf(world)).toMatchObject([{ run: RUN, status }]);
    await world.expand({ execution: SECOND });
    expect(await runsOf(world)).toMatchObject([{ status: 'UNFINISHED' }]);
  });
});
