import { describe, expect, it } from 'vitest';
import { assertEngineRuns } from '#lambdas/cluster/engine-runs.ts';
import { ended, job, object, pod, running } from '#test/core/cluster/observe/samples.ts';
import { StandingClock } from '../fakes/clock.ts';
import { FakeCluster } from '../fakes/cluster.ts';

const cluster = new FakeCluster(new StandingClock());
const look = (engineJob: ReturnType<typeof job> | undefined, enginePod: ReturnType<typeof pod> | undefined) =>
  assertEngineRuns(cluster, { nodePool: undefined, node: undefined, job: engineJob, pod: enginePod });
const failedJob = (reason: string) => job({ type: 'Failed', status: 'True', reason });
const died = (how: string) =>
  expect.objectContaining({
    name: 'EngineFailed',
    message: expect.stringContaining(how),
    nextStep: expect.any(String),
  });

describe('an engine under load', () => {
  it('runs, also in a moment in which its probe fails', async () => {
    await look(job(), pod({ node: 'n', ready: 'True', main: [running('engine')] }));
    await look(job(), pod({ node: 'n', ready: 'False', main: [running('engine')] }));
  });

  it('has died when its Job, its pod or both are gone', async () => {
    await expect(look(undefined, pod({ node: 'n', ready: 'True' }))).rejects.toEqual(died('its Job has ended'));
    await expect(look(job(), undefined)).rejects.toEqual(died('its pod is gone'));
    await expect(look(undefined, undefined)).rejects.toEqual(died('its pod is gone'));
    // A pod that nobody bound yet: the one that was ready is gone.
    await expect(look(job(), object('Pod'))).rejects.toEqual(died('its Job has ended'));
  });

  it('has died as its container tells, with the last lines of its log', async () => {
    cluster.logTexts.set('pod/engine', 'loading\ntorch.OutOfMemoryError: CUDA out of memory\n');
    const dead = pod({ node: 'n', ready: 'False', main: [ended('engine', 1)] });
    const told = 'engine ended with exit code 1. Its last lines: loading\ntorch.OutOfMemoryError: CUDA out of memory';
    await expect(look(failedJob('BackoffLimitExceeded'), dead)).rejects.toEqual(died(told));
  });

  it('has not died but met its deadline when its Job says so', async () => {
    await expect(look(failedJob('DeadlineExceeded'), undefined)).rejects.toMatchObject({ name: 'DeadlinePassed' });
  });
});
