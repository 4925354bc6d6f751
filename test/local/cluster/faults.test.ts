import { describe, expect, it } from 'vitest';
import { untilIn } from './until.ts';
import {
  CLUSTER,
  condition,
  ENGINE_IMAGE,
  engineManifests,
  isFinished,
  podsOf,
  refOf,
  virtualCloud,
} from './virtual-cloud.ts';

describe('faults', () => {
  const run = async (told: Parameters<Awaited<ReturnType<typeof virtualCloud>>['faults']['add']>[0]) => {
    const opened = await virtualCloud();
    opened.faults.add(told);
    const { pool, job } = engineManifests(opened.clock);
    await opened.cluster.apply(pool);
    await opened.cluster.apply(job);
    return { ...opened, pool, job, until: untilIn(opened.clock) };
  };

  it('crash an engine at its start or in the middle, with the code that was asked for', async () => {
    for (const told of [
      { kind: 'crash-at-start', exitCode: 9 },
      { kind: 'crash', afterMs: 200_000, exitCode: 9 },
    ] as const) {
      const { cluster, job, until, cloud } = await run({ ...told, where: { image: ENGINE_IMAGE } });
      await until(() => isFinished(cluster, job));
      expect((await podsOf(cluster, job))[0]?.status.containerStatuses[0].state.terminated.exitCode).toBe(9);
      await cloud.close();
    }
  });

  it('keep an engine from ever being ready', async () => {
    const { clock, cluster, job, cloud } = await run({ kind: 'never-ready', where: { role: 'engine' } });
    await clock.sleep(25 * 60_000);
    const [pod] = await podsOf(cluster, job);
    expect([pod?.status.phase, condition(pod, 'Ready').status]).toEqual(['Running', 'False']);
    await cloud.close();
  });

  it('lose a node, and with it the pod and the Job, at once', async () => {
    const { cluster, job, until, cloud } = await run({ kind: 'node-lost', afterMs: 400_000 });
    await until(() => isFinished(cluster, job));
    expect(condition(await cluster.get(refOf(job)), 'Failed')).toMatchObject({ reason: 'BackoffLimitExceeded' });
    for (const node of await cluster.list({ apiVersion: 'v1', kind: 'Node' })) {
      expect(condition(node, 'Ready').status).toBe('Unknown');
    }
    await until(async () => (await cluster.list({ apiVersion: 'v1', kind: 'Node' })).length === 0);
    await until(async () => (await cloud.clusters.instances({ cluster: CLUSTER })).length === 0);
    await cloud.close();
  });

  it('refuse capacity in one zone: the next one is tried at once', async () => {
    const where = { zone: 'us-east-1a' };
    const { cluster, job, until, cloud } = await run({ kind: 'insufficient-capacity', where });
    await until(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    expect(cloud.instanceHistory().map(({ zone }) => zone)).toEqual(['us-east-1b']);
    expect(await cluster.events({ kind: 'NodeClaim' })).toEqual([]);
    await cloud.close();
  });

  it('refuse capacity so many times, and not once more', async () => {
    const { cluster, job, until, cloud } = await run({ kind: 'insufficient-capacity', times: 3 });
    await until(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    const refused = (await cluster.events({ kind: 'NodeClaim' })).filter(
      (one) => one.reason === 'InsufficientCapacityError',
    );
    expect(refused).toHaveLength(3);
    expect(new Set(refused.map(({ regarding }) => regarding.name)).size).toBe(3);
    await cloud.close();
  });

  it('aim: another capacity type is not refused, and the pool that was changed to it gets its node', async () => {
    const { clock, cluster, pool, job, until, cloud } = await run({
      kind: 'insufficient-capacity',
      where: { capacityType: 'on-demand' },
    });
    await clock.sleep(60_000);
    expect(cloud.instanceHistory()).toEqual([]);
    const spot = structuredClone(pool);
    spot.spec.template.spec.requirements[1]!.values = ['spot'];
    await cluster.apply(spot);
    await until(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
    expect(cloud.instanceHistory().map(({ capacityType }) => capacityType)).toEqual(['spot']);
    await cloud.close();
  });
});
