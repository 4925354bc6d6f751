import { beforeEach, describe, expect, it } from 'vitest';
import type { AnyObject, EventQuery } from '#core/ports/cluster.ts';
import { MOST_BYTES } from '#lambdas/status/bound.ts';
import { status } from '#lambdas/status/task.ts';
import { deploy } from '../fakes/deployed.ts';
import { RUN, World } from '../fakes/world.ts';

let world: World;
let pod: string;
beforeEach(async () => {
  world = await World.planned();
  const deployment = (await world.deployments())[0]!;
  const { job, pool } = deploy(world, deployment);
  pod = `${job}-x`;
  const node = (await world.cluster.get({ apiVersion: 'v1', kind: 'Node', name: `node-${pool}` }))!;
  node.metadata.labels = { ...node.metadata.labels, 'stepbench.dev/run': RUN };
  world.cluster.logTexts.set(`${pod}/engine`, 'listening on 8000');
  const about = (kind: string, name: string, lastSeenAt: string) => ({
    ...{ type: 'Warning' as const, reason: 'Said', message: 'something', count: 2, lastSeenAt },
    regarding: { kind, name },
  });
  const events = async ({ kind }: EventQuery) =>
    [
      about('Pod', pod, '2026-07-01T12:01:00Z'),
      about('Pod', 'of-another-run', '2026-07-01T12:02:00Z'),
      about('NodeClaim', `${pool}-abcde`, '2026-07-01T12:03:00Z'),
      about('NodeClaim', `sb-${RUN}-2-abcdef012345-tgjxk-abcde`, '2026-07-01T12:04:00Z'),
    ].filter((one) => one.regarding.kind === kind);
  Object.assign(world.cluster, { events });
});

const ask = (request: unknown = { run: RUN }) => status(world)(request);

describe('what stands of a run', () => {
  it('is its nodes, pods, events and the ends of their logs', async () => {
    const view = await ask();
    expect(view).toMatchObject({
      run: RUN,
      cluster: 'bench',
      nodes: [{ ready: true, zone: 'us-east-1b', capacityType: 'on-demand' }],
      pods: [{ name: pod, role: 'engine', containers: ['engine: running'], trouble: '' }],
      logs: [{ pod, container: 'engine', text: 'listening on 8000' }],
      cut: false,
    });
  });

  it('holds the events of this run only, the latest first', async () => {
    expect((await ask()).events.map(({ about }) => about.split('/')[0])).toEqual(['NodeClaim', 'Pod']);
  });

  it('is only what was asked for', async () => {
    const view = await ask({ run: RUN, what: ['nodes'] });
    expect([view.nodes.length, view.pods.length, view.events.length, view.logs.length]).toEqual([1, 0, 0, 0]);
  });

  it('says why a pod does not run', async () => {
    const [stored] = [...world.cluster.objects.values()].filter(({ kind }) => kind === 'Pod') as [AnyObject];
    const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
    stored.status = { phase: 'Pending', containerStatuses: [{ name: 'engine', state: { waiting } }] };
    expect((await ask()).pods[0]?.trouble).toContain('no such image');
    expect((await ask()).logs).toEqual([]);
  });

  it('changes nothing', async () => {
    world.cluster.calls.length = 0;
    await ask();
    expect(world.cluster.calls.filter((call) => /apply|delete/.test(call))).toEqual([]);
  });

  it('is the lease alone once the cluster is gone', async () => {
    world.clusters.cluster = undefined;
    expect(await ask()).toMatchObject({ run: RUN, releasedAt: null, nodes: [], pods: [] });
  });

  it('fits into an answer, the newest lines kept, whatever was logged', async () => {
    world.cluster.logTexts.set(`${pod}/engine`, `${'ü'.repeat(MOST_BYTES)}the end`);
    const view = await ask({ run: RUN, tail: 500 });
    expect(new TextEncoder().encode(JSON.stringify(view)).byteLength).toBeLessThanOrEqual(MOST_BYTES);
    expect(view.cut).toBe(true);
    expect(view.logs[0]?.text.endsWith('the end')).toBe(true);
    expect(view.pods).toHaveLength(1);
  });

  it.each([{ run: 'unknown' }, { run: 'No Run' }, {}, { run: RUN, what: ['secrets'] }, { run: RUN, tail: 0 }])(
    'is refused for %j',
    async (request) => {
      await expect(ask(request)).rejects.toThrow();
    },
  );
});
