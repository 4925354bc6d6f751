import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { ApiServer } from '#local/cluster/objects/api-server.ts';
import { EventLog } from '#local/cluster/objects/event-log.ts';
import { Objects } from '#local/cluster/objects/objects.ts';
import { clusterContract } from '#test/contract/cluster.ts';
import { untilIn } from './until.ts';
import { virtualCloud } from './virtual-cloud.ts';

clusterContract('local', async () => {
  const { clock, cloud, cluster } = await virtualCloud();
  return { cluster, nowMs: () => clock.nowMs(), until: untilIn(clock), close: () => cloud.close() };
});

describe('an object that something holds', () => {
  const held = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'held', namespace: 'ns', finalizers: ['stepbench.dev/hold'] },
  };
  const ref = { apiVersion: 'v1', kind: 'Secret', name: 'held', namespace: 'ns' };

  const server = () => {
    const clock = new VirtualClock();
    const objects = new Objects(clock);
    objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } });
    return { objects, api: new ApiServer(objects, new EventLog(clock), async () => '') };
  };

  it('is marked when it is deleted, cannot be applied, and goes with the last finalizer', async () => {
    const { objects, api } = server();
    await api.apply(held);
    expect(await api.delete(ref)).toBe(true);
    const marked = await api.get(ref);
    expect(marked?.metadata.deletionTimestamp).toBeDefined();
    await expect(api.apply(held)).rejects.toMatchObject({ name: 'Conflict' });
    expect(await api.delete(ref)).toBe(true);
    expect(await api.get(ref)).toEqual(marked);
    objects.change('Secret', 'ns/held', (draft) => {
      draft.metadata.finalizers = [];
    });
    expect(await api.get(ref)).toBeUndefined();
  });
});

describe('events', () => {
  it('count what is said again, and are forgotten after an hour', async () => {
    const clock = new VirtualClock();
    const log = new EventLog(clock);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ns', uid: '1' } };
    log.record(pod, 'Warning', 'BackOff', 'once more');
    await clock.sleep(1000);
    log.record(pod, 'Warning', 'BackOff', 'once more');
    log.record(pod, 'Warning', 'BackOff', 'once more', { quietMs: 5000 });
    log.record(pod, 'Normal', 'Pulled', 'something else');
    const lastSeenAt = new Date(clock.nowMs()).toISOString();
    expect(log.query({ kind: 'Pod', name: 'p' })).toMatchObject([{ count: 2, lastSeenAt }, { count: 1 }]);
    await clock.sleep(61 * 60_000);
    expect(log.query({ kind: 'Pod', name: 'p' })).toEqual([]);
  });
});
