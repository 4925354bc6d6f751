import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConflictError } from '#core/workflow/errors.ts';
import { applyOnce } from '#lambdas/cluster/apply.ts';
import { StandingClock } from '../fakes/clock.ts';
import { FakeCluster } from '../fakes/cluster.ts';

const JOB = 'Job/stepbench/load';
/** Its deadline is counted from now, so that two deliveries make two of it. */
const job = (seconds: number) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'load', namespace: 'stepbench' },
  spec: { activeDeadlineSeconds: seconds },
});
const open = () => new FakeCluster(new StandingClock());
const spec = (cluster: FakeCluster) => cluster.objects.get(JOB)?.spec;

describe('applied once', () => {
  it('is made, and left alone from then on', async () => {
    const cluster = open();
    await applyOnce(cluster, job(60));
    await applyOnce(cluster, job(59));
    expect(spec(cluster)).toEqual({ activeDeadlineSeconds: 60 });
    expect(cluster.calls.filter((call) => call.startsWith('apply'))).toHaveLength(1);
  });

  it('twice at once is one of the two, and no error, in whatever order calls arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const cluster = open();
        const slow = {
          ...cluster,
          get: scheduler.scheduleFunction((ref: Parameters<typeof cluster.get>[0]) => cluster.get(ref)),
          apply: scheduler.scheduleFunction((object: never) => cluster.apply(object)),
        } as unknown as FakeCluster;
        await scheduler.waitFor(Promise.all([applyOnce(slow, job(60)), applyOnce(slow, job(59))]));
        expect([60, 59]).toContain(spec(cluster).activeDeadlineSeconds);
      }),
      { numRuns: 20 },
    );
  });

  it('waits for one that is still being deleted: that is a conflict, to be tried again', async () => {
    const cluster = open();
    cluster.place({ ...job(60), metadata: { ...job(60).metadata, deletionTimestamp: '2026-07-01T12:00:00Z' } });
    await expect(applyOnce(cluster, job(59))).rejects.toThrow(ConflictError);
  });

  it('does not take any other error for a sign that it is there', async () => {
    const cluster = open();
    cluster.fault = (call) => {
      if (call.startsWith('apply')) throw new Error('forbidden');
    };
    await expect(applyOnce(cluster, job(60))).rejects.toThrow('forbidden');
    cluster.fault = (call) => {
      if (!call.startsWith('apply')) return;
      cluster.place(job(1));
      throw new Error('forbidden');
    };
    await expect(applyOnce(cluster, job(60))).rejects.toThrow('forbidden');
  });
});
