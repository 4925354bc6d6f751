import { beforeEach, describe, expect, it } from 'vitest';
import { stagedKey } from '#core/engines/weights.ts';
import { stageModel } from '#lambdas/stage-model/task.ts';
import { MATRIX, RUN, TARGET, World } from '../fakes/world.ts';

const MODEL = MATRIX.defaults.model;
let world: World;
beforeEach(async () => {
  world = await World.planned();
});

const stage = async () =>
  (await stageModel(world)({ run: RUN, cluster: TARGET, deadline: (await world.plan()).deadline })).status;
const job = () => [...world.cluster.objects.values()].filter(({ kind }) => kind === 'Job');
const set = (index: number, condition: object) => Object.assign(job()[index]!, { status: { conditions: [condition] } });

describe('staging a model', () => {
  it('is one Job, however often it is asked for, and done with it', async () => {
    for (let polls = 0; polls < 3; polls++) {
      expect(await stage()).toBe('pending');
      world.clock.forward(10);
    }
    expect(job()).toHaveLength(1);
    set(0, { type: 'Complete', status: 'True' });
    expect(await stage()).toBe('done');
  });

  it('is nothing to do when the model is there, for whichever run it was staged', async () => {
    await world.store.put(stagedKey(MODEL), 'staged\n');
    expect(await stage()).toBe('done');
    expect(job()).toEqual([]);
  });

  it('takes an hour at most, and no longer than the run', async () => {
    await stage();
    expect(job()[0]?.spec.activeDeadlineSeconds).toBe(3600);
    world = await World.planned();
    world.clock.forward((Date.parse((await world.plan()).deadline) - world.clock.nowMs()) / 1000 - 600);
    await stage();
    expect(job()[0]?.spec.activeDeadlineSeconds).toBe(600);
  });

  it('that failed is told, with the Job’s reason; the execution that resumes the run begins anew', async () => {
    await stage();
    set(0, { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'no such model' });
    const failed = expect.objectContaining({
      name: 'EngineFailed',
      message: expect.stringMatching(/could not be staged.*no such model/),
    });
    await expect(stage()).rejects.toEqual(failed);
    world.clock.forward(300);
    await world.resume();
    expect(await stage()).toBe('pending');
    expect(job()).toHaveLength(2);
  });

  it('does not begin when the run’s time is over', async () => {
    world.clock.forward(10 * 24 * 3600);
    await expect(stage()).rejects.toMatchObject({ name: 'DeadlinePassed' });
    expect(job()).toEqual([]);
  });
});
