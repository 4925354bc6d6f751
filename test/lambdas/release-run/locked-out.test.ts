import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { keyOf } from '#core/results/layout.ts';
import { ErrorName, RefusedError, StepBenchError } from '#core/workflow/errors.ts';
import { LASTING_REFUSAL_SECONDS } from '#lambdas/release-run/locked-out.ts';
import { releaseRun } from '#lambdas/release-run/task.ts';
import { readLease } from '#lambdas/store/lease.ts';
import { deploy } from '../fakes/deployed.ts';
import { purchase } from '../fakes/purchases.ts';
import { FIRST, RUN, TARGET, World } from '../fakes/world.ts';

let world: World;
let deployments: PlannedDeployment[];
const refusal = new RefusedError(ErrorName.Retryable, 'Kubernetes does not know this function: 401 Unauthorized');
const answers = (thrown?: Error) => {
  world.cluster.fault = () => {
    if (thrown !== undefined) throw thrown;
  };
};
beforeEach(async () => {
  world = await World.planned();
  deployments = await world.deployments();
  answers(refusal);
});

const call = (ephemeral: boolean) =>
  releaseRun(world)({ run: RUN, execution: FIRST, cluster: { ...TARGET, ephemeral } });
const released = async () => (await readLease(world.store, RUN))?.lease.releasedAt ?? null;
const buy = (deadline?: string) =>
  world.store.put(
    keyOf({ kind: 'purchase', run: RUN, deployment: 'load', attempt: 1 }),
    JSON.stringify(purchase({ deployment: 'load', ...(deadline === undefined ? {} : { deadline }) })),
  );
/** The refusals go on until they are no lag any more. */
const last = async (ephemeral: boolean) => {
  await expect(call(ephemeral)).rejects.toThrow('401');
  world.clock.forward(LASTING_REFUSAL_SECONDS);
};

describe('a cluster that refuses whoever lets go of a run', () => {
  it('keeps no run from being over that has bought nothing: told, and the cluster goes if it was to', async () => {
    await last(true);
    const { status, warnings } = await call(true);
    expect([status, warnings]).toEqual(['done', [expect.stringMatching(/Nothing was bought.*401/)]]);
    expect([world.clusters.deleted, await released()]).toEqual([['bench'], world.clock.iso]);
  });

  it('is deleted with what is in it, where it was to go: the run is over once it is on its way', async () => {
    await buy();
    await last(true);
    expect((await call(true)).status).toBe('pending');
    expect([world.clusters.deleted, await released()]).toEqual([['bench'], null]);
    expect((await call(true)).status).toBe('done');
    expect(await released()).not.toBeNull();
  });

  it('is waited for as long as it may be a lag, and from the beginning after it has answered', async () => {
    await buy();
    await expect(call(true)).rejects.toThrow('401');
    world.clock.forward(LASTING_REFUSAL_SECONDS - 1);
    await expect(call(true)).rejects.toThrow('401');
    answers();
    deploy(world, deployments[0]!);
    expect((await call(true)).status).toBe('pending');
    world.clusters.instanceList = [];
    answers(refusal);
    await last(true);
    expect(world.clusters.deleted).toEqual([]);
  });

  it('is not deleted while another run lives on it, or may', async () => {
    await buy();
    await last(true);
    world.running.add('other');
    await world.expand({ requestedRun: 'other', execution: 'other' });
    await expect(call(true)).rejects.toThrow('401');
    await world.store.put('runs/other/lease.json', '{}');
    await expect(call(true)).rejects.toThrow('401');
    expect([world.clusters.deleted, await released()]).toEqual([[], null]);
  });

  it('is not deleted while EC2 has a node of the run, nor when it was to stay, is another’s, or the run is', async () => {
    await buy();
    await last(true);
    await expect(call(false)).rejects.toThrow('401');
    world.clusters.cluster = { ...world.clusters.cluster!, ours: false };
    await expect(call(true)).rejects.toThrow('401');
    world.clusters.cluster = { ...world.clusters.cluster!, ours: true };
    const { instanceList } = world.clusters;
    deploy(world, deployments[0]!);
    await expect(call(true)).rejects.toThrow('401');
    world.clusters.instanceList = instanceList;
    await world.resume();
    await expect(call(true)).rejects.toThrow('401');
    expect([world.clusters.deleted, await released()]).toEqual([[], null]);
  });

  it('that stays holds the run until nothing in it can buy a node any more, of any execution', async () => {
    const latest = new Date(world.clock.nowMs() + 9 * 3600_000).toISOString();
    await buy(latest);
    await last(false);
    world.clock.forward(9 * 3600);
    await expect(call(false)).rejects.toThrow('401');
    world.clock.forward(750);
    const { status, warnings } = await call(false);
    expect([status, warnings[0]]).toEqual(['done', expect.stringMatching(/deadline is over.*401/)]);
    expect(world.clusters.deleted).toEqual([]);
  });

  it('that stays holds the run for as long as nobody can read what was bought', async () => {
    await world.store.put(keyOf({ kind: 'purchase', run: RUN, deployment: 'load', attempt: 1 }), 'not JSON');
    await last(false);
    await expect(call(false)).rejects.toThrow('401');
    world.clock.forward(365 * 24 * 3600);
    await expect(call(false)).rejects.toThrow('401');
    expect(await released()).toBeNull();
  });

  it.each([
    ['is throttled', new StepBenchError(ErrorName.Retryable, '429 too many requests')],
    ['fails', new StepBenchError(ErrorName.Retryable, '503 etcd is away')],
    ['cannot be reached', new StepBenchError(ErrorName.ClusterFailed, 'no such host')],
    ['does not answer in time', new Error('no answer within 10000 ms')],
  ])('is told from one that %s: that is asked again, whatever was bought', async (_what, trouble) => {
    answers(trouble);
    for (let calls = 0; calls < 20; calls++) {
      await expect(call(true)).rejects.toThrow(trouble.message);
      world.clock.forward(3600);
      if (calls === 10) await buy();
    }
    expect([world.clusters.deleted, await released()]).toEqual([[], null]);
  });
});

describe('a lease that cannot be read', () => {
  const keep = (lease: object) => world.store.put('runs/old/lease.json', JSON.stringify(lease));
  const end = async () => {
    answers();
    return call(true);
  };

  it.each<[string, object]>([
    ['of another version says where and whether its run works', { schema_version: 9, cluster: 'bench' }],
    ['is none at all', {}],
  ])('keeps the cluster, which is told, where one %s', async (_what, lease) => {
    await keep(lease);
    const { status, warnings } = await end();
    expect([status, world.clusters.deleted]).toEqual(['done', []]);
    expect(warnings).toEqual([expect.stringMatching(/^Cluster bench stands.*old/)]);
    expect(await released()).not.toBeNull();
  });

  it.each([
    [{ cluster: 'other', execution: 'alive', releasedAt: null }, ['bench']],
    [{ cluster: 'bench', execution: 'dead', releasedAt: null }, ['bench']],
    [{ cluster: 'bench', execution: 'alive', releasedAt: '2026-07-01T12:00:00Z' }, ['bench']],
    [{ cluster: 'bench', execution: 'alive', releasedAt: null }, []],
  ])('but of another version is asked what it says: %j', async (lease, deleted) => {
    world.running.add('alive');
    await keep({ schema_version: 9, ...lease });
    expect((await end()).warnings).toEqual([]);
    expect(world.clusters.deleted).toEqual(deleted);
  });
});
