import { describe, expect, it } from 'vitest';
import { Label } from '#core/cluster/names.ts';
import { untilIn } from './until.ts';
import {
  condition,
  ENGINE_IMAGE,
  engineManifests,
  isFinished,
  podsOf,
  secondsBetween,
  virtualCloud,
} from './virtual-cloud.ts';

describe('the phases of an engine', () => {
  it('are the latencies that were given: launch, pull, load', async () => {
    const { clock, cluster, cloud } = await virtualCloud();
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    const startedAt = new Date(clock.nowMs()).toISOString();
    await untilIn(clock)(async () => condition((await podsOf(cluster, job))[0], 'Ready')?.status === 'True');
    const [pod] = await podsOf(cluster, job);
    const [node] = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
    const scheduled = condition(pod, 'PodScheduled').lastTransitionTime;
    const running = pod?.status.containerStatuses[0].state.running.startedAt;
    expect(secondsBetween(startedAt, condition(node, 'Ready').lastTransitionTime)).toBeCloseTo(91.2);
    expect(secondsBetween(scheduled, running)).toBeCloseTo(240);
    expect(secondsBetween(running, condition(pod, 'Ready').lastTransitionTime)).toBeCloseTo(120);
    const messages = (await cluster.events({ kind: 'Pod', name: pod!.metadata.name })).map(({ message }) => message);
    expect(messages).toContain('Successfully pulled image "vllm/vllm-openai:v1" in 4m0s (4m0s including waiting)');
    await cloud.close();
  });

  it('see readiness at the next look of the probe, not before', async () => {
    const image = { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 'forever' as const, readyAfterMs: 121_000 }) } };
    const { clock, cluster, cloud } = await virtualCloud({ images: image });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(async () => condition((await podsOf(cluster, job))[0], 'Ready')?.status === 'True');
    const [pod] = await podsOf(cluster, job);
    const running = pod?.status.containerStatuses[0].state.running.startedAt;
    expect(secondsBetween(running, condition(pod, 'Ready').lastTransitionTime)).toBeCloseTo(125);
    await cloud.close();
  });

  it('end where the startup probe loses patience', async () => {
    const image = { [ENGINE_IMAGE]: { virtual: () => ({ durationMs: 'forever' as const, readyAfterMs: 1e9 }) } };
    const { clock, cluster, cloud } = await virtualCloud({ images: image });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(() => isFinished(cluster, job));
    const probe = job.spec.template.spec.containers[0]!.startupProbe;
    const [pod] = await podsOf(cluster, job);
    const { startedAt, finishedAt } = pod!.status.containerStatuses[0].state.terminated;
    expect(secondsBetween(startedAt, finishedAt)).toBeCloseTo(probe.periodSeconds * probe.failureThreshold);
    await cloud.close();
  });

  it('mark the node of an engine behind which there is no GPU', async () => {
    const virtual = () => ({ durationMs: 'forever' as const });
    for (const simulated of [true, false]) {
      const { clock, cluster, cloud } = await virtualCloud({ images: { [ENGINE_IMAGE]: { simulated, virtual } } });
      const { pool, job } = engineManifests(clock);
      await cluster.apply(pool);
      await cluster.apply(job);
      await untilIn(clock)(async () => (await podsOf(cluster, job))[0]?.status.phase === 'Running');
      const [node] = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
      expect(node?.metadata.labels?.[Label.simulated]).toBe(simulated ? 'true' : undefined);
      await cloud.close();
    }
  });
});

describe('a container that cannot run', () => {
  it('backs off from an image that is nowhere, and says so where real kubelets do', async () => {
    const { clock, cluster, cloud } = await virtualCloud({ images: {} });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    const waiting = async () => (await podsOf(cluster, job))[0]?.status?.containerStatuses?.[0].state.waiting?.reason;
    await untilIn(clock)(async () => (await waiting()) === 'ErrImagePull');
    await untilIn(clock)(async () => (await waiting()) === 'ImagePullBackOff');
    const [pod] = await podsOf(cluster, job);
    expect(pod?.status.phase).toBe('Pending');
    const events = await cluster.events({ kind: 'Pod', name: pod!.metadata.name });
    expect(events.find(({ message }) => message.startsWith('Failed to pull image'))?.message).toContain('not found');
    expect(events.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Failed', 'BackOff']));
    await cloud.close();
  });

  it('says which kind of launcher its image lacks', async () => {
    const { clock, cluster, cloud } = await virtualCloud({ images: { [ENGINE_IMAGE]: {} } });
    const { pool, job } = engineManifests(clock);
    await cluster.apply(pool);
    await cluster.apply(job);
    await untilIn(clock)(() => isFinished(cluster, job));
    expect((await podsOf(cluster, job))[0]?.status.containerStatuses[0].state.terminated).toMatchObject({
      reason: 'StartError',
      message: expect.stringContaining('no virtual launcher'),
    });
    await cloud.close();
  });
});
